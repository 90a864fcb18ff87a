#include <bits/stdc++.h>
using namespace std;

vector<long long> value;
vector<vector<int>> children;

long long best(int v) {
    if (children[v].empty()) return value[v];
    long long most = LLONG_MIN;
    for (int c : children[v]) most = max(most, best(c));
    return most + value[v];
}

int main() {
    int n;
    cin >> n;
    value.resize(n + 1);
    children.resize(n + 1);
    for (int v = 1; v <= n; v++) cin >> value[v];
    for (int v = 2; v <= n; v++) {
        int p;
        cin >> p;
        children[p].push_back(v);
    }
    cout << best(1) << endl;
}
