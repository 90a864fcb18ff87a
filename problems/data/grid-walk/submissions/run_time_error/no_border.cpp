#include <bits/stdc++.h>
using namespace std;

int main() {
    int h, w;
    cin >> h >> w;
    vector<string> grid(h);
    for (auto& row : grid) cin >> row;
    queue<array<int, 3>> todo;
    for (int r = 0; r < h; r++)
        for (int c = 0; c < w; c++)
            if (grid[r][c] == 'S') todo.push({r, c, 0});
    while (!todo.empty()) {
        auto [r, c, steps] = todo.front();
        todo.pop();
        char& cell = grid.at(r).at(c);
        if (cell == '#') continue;
        if (cell == 'T') {
            cout << steps << endl;
            return 0;
        }
        cell = '#';
        todo.push({r + 1, c, steps + 1});
        todo.push({r - 1, c, steps + 1});
        todo.push({r, c + 1, steps + 1});
        todo.push({r, c - 1, steps + 1});
    }
    cout << -1 << endl;
}
