import sys


def main():
    data = list(map(int, sys.stdin.read().split()))
    n = data[0]
    value = [0] + data[1:n + 1]
    children = [[] for _ in range(n + 1)]
    for v, p in enumerate(data[n + 1:], 2):
        children[p].append(v)
    best = None
    stack = [(1, value[1])]
    while stack:
        v, total = stack.pop()
        if children[v]:
            for c in children[v]:
                stack.append((c, total + value[c]))
        elif best is None or total > best:
            best = total
    print(best)


main()
