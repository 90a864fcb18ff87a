#include <bits/stdc++.h>
using namespace std;

int main() {
    int m, s;
    cin >> m >> s;
    vector<int> coins(m);
    for (int& c : coins) cin >> c;
    vector<int> best = s + 1;
    for (int c : coins)
        for (int x = c; x <= s; x++) best[x] = min(best[x], best[x - c] + 1);
    cout << best[s] << endl;
}
