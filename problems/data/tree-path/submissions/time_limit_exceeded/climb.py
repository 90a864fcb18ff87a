import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
value = data[:n + 1]
parent = [0, 0] + data[n + 1:]
inner = set(parent)
best = None
for v in range(1, n + 1):
    total = 0
    u = v
    while u:
        total += value[u]
        u = parent[u]
    if v not in inner and (best is None or total > best):
        best = total
print(best)
