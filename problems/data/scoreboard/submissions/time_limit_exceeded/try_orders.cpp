#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<tuple<long long, long long, string>> t(n);
    for (auto& [points, penalty, name] : t) {
        cin >> name >> points >> penalty;
        points = -points;
    }
    vector<int> order(n);
    iota(order.begin(), order.end(), 0);
    while (true) {
        bool sorted = true;
        for (int i = 0; i + 1 < n && sorted; i++)
            if (t[order[i + 1]] < t[order[i]]) sorted = false;
        if (sorted) break;
        next_permutation(order.begin(), order.end());
    }
    for (int i : order) cout << get<2>(t[i]) << "\n";
}
