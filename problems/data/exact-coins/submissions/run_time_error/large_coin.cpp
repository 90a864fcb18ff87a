#include <bits/stdc++.h>
using namespace std;

int main() {
    int m, s;
    cin >> m >> s;
    vector<int> best(s + 1, 1000000000);
    best[0] = 0;
    for (int i = 0; i < m; i++) {
        int c;
        cin >> c;
        best.at(c) = 1;
        for (int x = c; x <= s; x++) best[x] = min(best[x], best[x - c] + 1);
    }
    cout << (best[s] < 1000000000 ? best[s] : -1) << endl;
}
