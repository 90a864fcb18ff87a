#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<pair<long long, long long>> shifts(n);
    for (auto& [l, r] : shifts) cin >> l >> r;
    sort(shifts.begin(), shifts.end());
    long long total = 0, reached = LLONG_MIN;
    for (auto [l, r] : shifts) {
        l = max(l, reached);
        if (r > l) {
            total += r - l;
            reached = r;
        }
    }
    cout << total << endl;
}
