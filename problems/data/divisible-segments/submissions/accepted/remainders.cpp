#include <bits/stdc++.h>
using namespace std;

int main() {
    ios::sync_with_stdio(false);
    cin.tie(nullptr);
    int n, k;
    cin >> n >> k;
    vector<long long> seen(k, 0);
    seen[0] = 1;
    long long sum = 0, answer = 0;
    for (int i = 0; i < n; i++) {
        long long x;
        cin >> x;
        sum = ((sum + x) % k + k) % k;
        answer += seen[sum]++;
    }
    cout << answer << '\n';
}
