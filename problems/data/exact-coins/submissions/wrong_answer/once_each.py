m, s = map(int, input().split())
coins = sorted(map(int, input().split()))
best = [0] + [10 ** 9] * s
for c in coins:
    for x in range(s, c - 1, -1):
        k = 1
        while k * c <= x and k <= 3:
            best[x] = min(best[x], best[x - k * c] + k)
            k += 1
print(best[s] if best[s] < 10 ** 9 else -1)
