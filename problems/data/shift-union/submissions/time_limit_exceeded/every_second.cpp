#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<long long> l(n), r(n);
    for (int i = 0; i < n; i++) cin >> l[i] >> r[i];
    long long first = *min_element(l.begin(), l.end());
    long long last = *max_element(r.begin(), r.end());
    long long total = 0;
    for (long long t = first; t < last; t++)
        for (int i = 0; i < n; i++)
            if (l[i] <= t && t < r[i]) {
                total++;
                break;
            }
    cout << total << endl;
}
