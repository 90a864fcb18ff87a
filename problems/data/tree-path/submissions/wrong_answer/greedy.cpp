#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<long long> value(n + 1);
    for (int v = 1; v <= n; v++) cin >> value[v];
    vector<int> best_child(n + 1, 0);
    for (int v = 2; v <= n; v++) {
        int p;
        cin >> p;
        if (!best_child[p] || value[v] > value[best_child[p]]) best_child[p] = v;
    }
    long long sum = 0;
    for (int v = 1; v; v = best_child[v]) sum += value[v];
    cout << sum << endl;
}
