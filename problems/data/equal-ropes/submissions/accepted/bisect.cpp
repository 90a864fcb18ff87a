#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    double k;
    cin >> n >> k;
    vector<double> a(n);
    for (auto& x : a) cin >> x;
    double lo = 0, hi = 1e9 + 1;
    for (int step = 0; step < 100; step++) {
        double mid = (lo + hi) / 2, pieces = 0;
        for (double x : a) pieces += floor(x / mid);
        (pieces >= k ? lo : hi) = mid;
    }
    printf("%.9f\n", lo);
}
