#include <bits/stdc++.h>
using namespace std;

int main() {
    int h, w;
    cin >> h >> w;
    vector<string> g(h);
    for (auto& row : g) cin >> row;
    vector<int> dist(h * w, 0);
    deque<int> todo;
    int target = 0;
    for (int i = 0; i < h * w; i++) {
        if (g[i / w][i % w] == 'S') todo.push_back(i);
        if (g[i / w][i % w] == 'T') target = i;
    }
    int start = todo[0];
    while (!todo.empty()) {
        int at = todo.front(), r = at / w, c = at % w;
        todo.pop_front();
        auto step = [&](int nr, int nc) {
            if (nr < 0 || nr >= h || nc < 0 || nc >= w || g[nr][nc] == '#') return;
            int next = nr * w + nc;
            if (next == start || dist[next]) return;
            dist[next] = dist[at] + 1;
            todo.push_back(next);
        };
        step(r + 1, c);
        step(r - 1, c);
        step(r, c + 1);
        step(r, c - 1);
    }
    cout << dist[target] << endl;
}
