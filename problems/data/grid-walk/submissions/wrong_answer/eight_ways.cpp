#include <bits/stdc++.h>
using namespace std;

int main() {
    int h, w;
    cin >> h >> w;
    vector<string> grid(h);
    for (auto& row : grid) cin >> row;
    map<pair<int, int>, int> dist;
    queue<pair<int, int>> todo;
    for (int r = 0; r < h; r++)
        for (int c = 0; c < w; c++)
            if (grid[r][c] == 'S') {
                dist[{r, c}] = 0;
                todo.push({r, c});
            }
    while (!todo.empty()) {
        auto [r, c] = todo.front();
        todo.pop();
        if (grid[r][c] == 'T') {
            cout << dist[{r, c}] << endl;
            return 0;
        }
        for (int nr = r - 1; nr <= r + 1; nr++)
            for (int nc = c - 1; nc <= c + 1; nc++) {
                if (nr < 0 || nr >= h || nc < 0 || nc >= w) continue;
                if (grid[nr][nc] == '#' || dist.count({nr, nc})) continue;
                dist[{nr, nc}] = dist[{r, c}] + 1;
                todo.push({nr, nc});
            }
    }
    cout << -1 << endl;
}
