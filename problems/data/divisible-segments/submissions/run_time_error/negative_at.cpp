#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<long long> seen(k);
    seen[0] = 1;
    long long sum = 0, answer = 0;
    for (int i = 0; i < n; i++) {
        long long x;
        cin >> x;
        sum += x;
        answer += seen.at(sum % k)++;
    }
    cout << answer << endl;
}
