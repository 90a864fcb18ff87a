#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<char> busy(1440);
    for (int i = 0; i < n; i++) {
        long long l, r;
        cin >> l >> r;
        for (long long t = l; t < r; t++) busy.at(t) = 1;
    }
    cout << count(busy.begin(), busy.end(), 1) << endl;
}
