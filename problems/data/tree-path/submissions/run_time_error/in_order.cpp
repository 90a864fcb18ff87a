#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<long long> value(n), sum;
    for (auto& x : value) cin >> x;
    vector<char> inner(n);
    sum.push_back(value[0]);
    for (int v = 1; v < n; v++) {
        int p;
        cin >> p;
        sum.push_back(sum.at(p - 1) + value[v]);
        inner[p - 1] = 1;
    }
    long long best = LLONG_MIN;
    for (int v = 0; v < n; v++)
        if (!inner[v]) best = max(best, sum[v]);
    cout << best << endl;
}
