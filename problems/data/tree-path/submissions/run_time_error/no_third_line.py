n = int(input())
value = [0] + list(map(int, input().split()))
parent = [0, 0] + list(map(int, input().split()))
order = [1]
children = [[] for _ in range(n + 1)]
for v in range(2, n + 1):
    children[parent[v]].append(v)
for v in order:
    for c in children[v]:
        value[c] += value[v]
        order.append(c)
print(max(value[v] for v in order if not children[v]))
