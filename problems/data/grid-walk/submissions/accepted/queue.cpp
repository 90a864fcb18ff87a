#include <bits/stdc++.h>
using namespace std;

int main() {
    int h, w;
    cin >> h >> w;
    vector<string> grid(h);
    for (auto& row : grid) cin >> row;
    vector<vector<int>> dist(h, vector<int>(w, -1));
    queue<pair<int, int>> todo;
    int tr = 0, tc = 0;
    for (int r = 0; r < h; r++)
        for (int c = 0; c < w; c++) {
            if (grid[r][c] == 'S') {
                dist[r][c] = 0;
                todo.push({r, c});
            }
            if (grid[r][c] == 'T') tr = r, tc = c;
        }
    const int dr[] = {0, 1, 0, -1}, dc[] = {1, 0, -1, 0};
    while (!todo.empty()) {
        auto [r, c] = todo.front();
        todo.pop();
        for (int d = 0; d < 4; d++) {
            int nr = r + dr[d], nc = c + dc[d];
            if (nr < 0 || nr >= h || nc < 0 || nc >= w) continue;
            if (grid[nr][nc] == '#' || dist[nr][nc] >= 0) continue;
            dist[nr][nc] = dist[r][c] + 1;
            todo.push({nr, nc});
        }
    }
    cout << dist[tr][tc] << endl;
}
