#include <iostream>
#include <set>
#include <string>

struct Team {
    std::string name;
    int points;
    int penalty;

    bool operator<(const Team& other) const {
        if (points != other.points) return points > other.points;
        if (penalty != other.penalty) return penalty < other.penalty;
        return name < other.name;
    }
};

int main() {
    int n;
    std::cin >> n;
    std::set<Team> board;
    for (int i = 0; i < n; i++) {
        Team team;
        std::cin >> team.name >> team.points >> team.penalty;
        board.insert(team);
    }
    for (const Team& team : board) std::cout << team.name << "\n";
}
