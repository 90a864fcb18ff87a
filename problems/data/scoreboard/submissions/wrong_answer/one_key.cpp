#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    map<pair<long long, string>, int> board;
    for (int i = 0; i < n; i++) {
        string name;
        long long points, penalty;
        cin >> name >> points >> penalty;
        board[{-points * 1000000 + penalty, name}] = i;
    }
    for (auto& entry : board) cout << entry.first.second << "\n";
}
