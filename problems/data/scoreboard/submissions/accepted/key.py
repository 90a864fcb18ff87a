n = int(input())
teams = [input().split() for _ in range(n)]
teams.sort(key=lambda team: (-int(team[1]), int(team[2]), team[0]))
for name, _, _ in teams:
    print(name)
