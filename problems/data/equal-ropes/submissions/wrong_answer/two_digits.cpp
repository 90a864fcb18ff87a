#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<int> a(n);
    for (int& x : a) cin >> x;
    double lo = 0, hi = 1e9 + 1;
    for (int i = 0; i < 200; i++) {
        double mid = (lo + hi) / 2;
        double pieces = 0;
        for (int x : a) pieces += floor(x / mid);
        if (pieces >= k) lo = mid;
        else hi = mid;
    }
    cout << fixed << setprecision(2) << lo << endl;
}
