n = int(input())
teams = []
for _ in range(n):
    name, points, penalty = input().split()
    teams.append((-int(points), int(penalty), name))
teams.sort(key=lambda team: team[:2])
for team in teams:
    print(team[2])
