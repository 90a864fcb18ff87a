m, s = map(int, input().split())
coins = [c for c in map(int, input().split()) if c <= s]
best = [0] + [s + 1] * s
for x in range(1, s + 1):
    for c in coins:
        if c <= x and best[x - c] < best[x]:
            best[x] = best[x - c] + 1
print(best[s] if best[s] <= s else -1)
