n = int(input())
teams = []
for _ in range(n):
    name, points, penalty = input().split()
    teams.append((int(points), -int(penalty), name))
teams.sort(reverse=True)
for points, penalty, name in teams:
    print(name)
