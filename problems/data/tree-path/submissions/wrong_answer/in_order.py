n = int(input())
value = list(map(int, input().split()))
parent = [0] + (list(map(int, input().split())) if n > 1 else [])
total = [0] * n
total[0] = value[0]
leaf = [True] * n
for v in range(1, n):
    p = parent[v] - 1
    total[v] = total[p] + value[v]
    leaf[p] = False
print(max(total[v] for v in range(n) if leaf[v]))
