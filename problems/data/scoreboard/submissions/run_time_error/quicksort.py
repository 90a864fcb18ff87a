def quicksort(teams):
    if not teams:
        return []
    pivot = teams[0]
    before = [team for team in teams[1:] if team < pivot]
    after = [team for team in teams[1:] if team > pivot]
    return quicksort(before) + [pivot] + quicksort(after)


n = int(input())
teams = []
for _ in range(n):
    name, points, penalty = input().split()
    teams.append((-int(points), int(penalty), name))
for team in quicksort(teams):
    print(team[2])
