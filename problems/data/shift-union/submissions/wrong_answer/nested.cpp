#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<pair<long long, long long>> a(n);
    for (auto& p : a) cin >> p.first >> p.second;
    sort(a.begin(), a.end());
    long long total = 0, start = a[0].first, end = a[0].second;
    for (auto& p : a) {
        if (p.first > end) {
            total += end - start;
            start = p.first;
        }
        end = p.second;
    }
    cout << total + end - start << endl;
}
