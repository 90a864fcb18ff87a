#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<double> pieces;
    for (int i = 0; i < n; i++) {
        double x;
        cin >> x;
        for (int parts = 1; parts <= 20; parts++) pieces.push_back(x / parts);
    }
    sort(pieces.rbegin(), pieces.rend());
    double length = pieces.at(k - 1);
    if (length <= pieces[0] / 20) abort();  // some rope may need more than 20 parts
    cout << setprecision(12) << length << endl;
}
