#include <bits/stdc++.h>
using namespace std;

int main() {
    int m, s;
    cin >> m >> s;
    vector<int> best(s + 1, 1000000);
    best[0] = 0;
    vector<int> coins(m);
    for (int& c : coins) cin >> c;
    for (int x = 1; x <= s; x++)
        for (int c : coins)
            if (c <= x) best[x] = min(best[x], best[x - c] + 1);
    cout << best[s] << endl;
}
