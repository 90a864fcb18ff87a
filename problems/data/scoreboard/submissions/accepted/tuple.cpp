#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<tuple<long long, long long, string>> teams(n);
    for (auto& [points, penalty, name] : teams) {
        cin >> name >> points >> penalty;
        points = -points;
    }
    sort(teams.begin(), teams.end());
    for (auto& team : teams) cout << get<2>(team) << '\n';
}
