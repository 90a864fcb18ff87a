import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
children = [[] for _ in range(n + 1)]
for v, p in enumerate(data[n + 1:], 2):
    children[p].append(v)


def best(v):
    return data[v] + (max(best(c) for c in children[v]) if children[v] else 0)


print(best(1))
