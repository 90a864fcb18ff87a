#include <bits/stdc++.h>
using namespace std;

struct Team {
    string name;
    int points, penalty;
};

int main() {
    int n;
    cin >> n;
    vector<Team> teams(n);
    for (Team& team : teams) cin >> team.name >> team.points >> team.penalty;
    sort(teams.begin(), teams.end());
    for (Team& team : teams) cout << team.name << endl;
}
