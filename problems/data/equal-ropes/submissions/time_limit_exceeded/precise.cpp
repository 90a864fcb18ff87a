#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<int> a(n);
    for (int& x : a) cin >> x;
    double lo = 0, hi = *max_element(a.begin(), a.end()) + 1.0;
    while (hi - lo > 1e-9) {
        double mid = (lo + hi) / 2, pieces = 0;
        for (int x : a) pieces += floor(x / mid);
        if (pieces >= k) lo = mid;
        else hi = mid;
    }
    cout << fixed << setprecision(9) << lo << endl;
}
