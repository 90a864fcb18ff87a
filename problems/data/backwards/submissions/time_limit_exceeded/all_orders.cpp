#include <bits/stdc++.h>
using namespace std;

int main() {
    string s;
    getline(cin, s);
    int n = s.size();
    vector<int> order(n);
    iota(order.begin(), order.end(), 0);
    bool found = false;
    while (!found) {
        found = true;
        for (int i = 0; i < n; i++)
            if (order[i] != n - 1 - i) {
                found = false;
                break;
            }
        if (!found) next_permutation(order.begin(), order.end());
    }
    for (int i : order) cout << s[i];
    cout << "\n";
}
