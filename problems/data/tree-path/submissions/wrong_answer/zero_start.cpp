#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<long long> value(n + 1);
    vector<vector<int>> children(n + 1);
    for (int v = 1; v <= n; v++) cin >> value[v];
    for (int v = 2, p; v <= n; v++) {
        cin >> p;
        children[p].push_back(v);
    }
    long long best = 0;
    queue<int> todo;
    todo.push(1);
    while (!todo.empty()) {
        int v = todo.front();
        todo.pop();
        if (children[v].empty()) best = max(best, value[v]);
        for (int c : children[v]) {
            value[c] += value[v];
            todo.push(c);
        }
    }
    cout << best << endl;
}
