#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<long long> a(n);
    for (auto& x : a) cin >> x;
    long long answer = 0;
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++) {
            long long sum = 0;
            for (int t = i; t <= j; t++) sum += a[t];
            if (sum % k == 0) answer++;
        }
    cout << answer << endl;
}
