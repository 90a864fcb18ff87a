#include <bits/stdc++.h>
using namespace std;

vector<int> coins;

int fewest(int s) {
    if (s == 0) return 0;
    int best = 1000000;
    for (int c : coins)
        if (c <= s) best = min(best, fewest(s - c) + 1);
    return best;
}

int main() {
    int m, s;
    cin >> m >> s;
    coins.resize(m);
    for (int& c : coins) cin >> c;
    int best = fewest(s);
    cout << (best < 1000000 ? best : -1) << endl;
}
