import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
value = data[:n + 1]
children = [[] for _ in range(n + 1)]
for v, p in enumerate(data[n + 1:], 2):
    children[p].append(v)
best = value[1]
stack = [(1, value[1])]
while stack:
    v, total = stack.pop()
    best = max(best, total)
    for c in children[v]:
        stack.append((c, total + value[c]))
print(best)
