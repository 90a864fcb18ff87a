#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<array<string, 3>> t(n);
    for (auto& [name, points, penalty] : t) cin >> name >> points >> penalty;
    sort(t.begin(), t.end(), [](const array<string, 3>& a, const array<string, 3>& b) {
        if (a[1] != b[1]) return a[1] > b[1];
        if (a[2] != b[2]) return a[2] < b[2];
        return a[0] < b[0];
    });
    for (auto& x : t) cout << x[0] << "\n";
}
