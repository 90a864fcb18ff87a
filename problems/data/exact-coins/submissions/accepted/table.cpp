#include <bits/stdc++.h>
using namespace std;

int main() {
    int m, s;
    cin >> m >> s;
    vector<int> coins(m);
    for (int& c : coins) cin >> c;
    const int none = 1e9;
    vector<int> best(s + 1, none);
    best[0] = 0;
    for (int c : coins)
        for (int x = c; x <= s; x++) best[x] = min(best[x], best[x - c] + 1);
    cout << (best[s] == none ? -1 : best[s]) << endl;
}
