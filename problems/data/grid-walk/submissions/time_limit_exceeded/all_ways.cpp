#include <bits/stdc++.h>
using namespace std;

int h, w, best = -1;
vector<string> grid;

void walk(int r, int c, int steps) {
    if (r < 0 || r >= h || c < 0 || c >= w || grid[r][c] == '#') return;
    if (grid[r][c] == 'T') {
        if (best < 0 || steps < best) best = steps;
        return;
    }
    grid[r][c] = '#';
    walk(r + 1, c, steps + 1);
    walk(r, c + 1, steps + 1);
    walk(r - 1, c, steps + 1);
    walk(r, c - 1, steps + 1);
    grid[r][c] = '.';
}

int main() {
    cin >> h >> w;
    grid.resize(h);
    for (auto& row : grid) cin >> row;
    int sr = 0, sc = 0;
    for (int r = 0; r < h; r++)
        for (int c = 0; c < w; c++)
            if (grid[r][c] == 'S') sr = r, sc = c;
    walk(sr, sc, 0);
    cout << best << endl;
}
