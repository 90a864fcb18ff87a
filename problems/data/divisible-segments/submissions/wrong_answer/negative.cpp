#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    scanf("%d %d", &n, &k);
    unordered_map<long long, long long> seen;
    seen[0] = 1;
    long long sum = 0, answer = 0;
    while (n--) {
        int x;
        scanf("%d", &x);
        sum += x;
        answer += seen[sum % k]++;
    }
    printf("%lld\n", answer);
}
