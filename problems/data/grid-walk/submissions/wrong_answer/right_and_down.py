h, w = map(int, input().split())
grid = [input() for _ in range(h)]
best = {}
answer = -1
for r in range(h):
    for c in range(w):
        if grid[r][c] == "#":
            continue
        if grid[r][c] == "S":
            best[r, c] = 0
        else:
            ways = [best[p] for p in ((r - 1, c), (r, c - 1)) if p in best]
            if ways:
                best[r, c] = min(ways) + 1
        if grid[r][c] == "T":
            answer = best.get((r, c), -1)
print(answer)
