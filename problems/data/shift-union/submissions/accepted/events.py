from collections import defaultdict

change = defaultdict(int)
for _ in range(int(input())):
    l, r = map(int, input().split())
    change[l] += 1
    change[r] -= 1
total = active = previous = 0
for time in sorted(change):
    if active:
        total += time - previous
    active += change[time]
    previous = time
print(total)
