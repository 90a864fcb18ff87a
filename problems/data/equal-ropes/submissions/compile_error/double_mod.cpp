#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<double> a(n);
    for (double& x : a) cin >> x;
    double lo = 0, hi = 1e9 + 1;
    for (int i = 0; i < 100; i++) {
        double mid = (lo + hi) / 2, pieces = 0;
        for (double x : a) pieces += (x - x % mid) / mid;
        if (pieces >= k) lo = mid;
        else hi = mid;
    }
    cout << lo << endl;
}
