import random

n = int(input())
teams = []
for _ in range(n):
    name, points, penalty = input().split()
    teams.append((-int(points), int(penalty), name))
while any(a > b for a, b in zip(teams, teams[1:])):
    random.shuffle(teams)
for team in teams:
    print(team[2])
