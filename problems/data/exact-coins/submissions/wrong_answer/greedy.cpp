#include <bits/stdc++.h>
using namespace std;

int main() {
    int m, s;
    cin >> m >> s;
    vector<int> coins(m);
    for (int& c : coins) cin >> c;
    sort(coins.rbegin(), coins.rend());
    int count = 0;
    for (int c : coins) {
        count += s / c;
        s %= c;
    }
    cout << (s == 0 ? count : -1) << endl;
}
