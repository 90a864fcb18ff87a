h, w = map(int, input().split())
grid = [input() for _ in range(h)]
far = h * w
dist = [[far] * w for _ in range(h)]
for _ in range(h * w):
    for r in range(h):
        for c in range(w):
            if grid[r][c] == "#":
                continue
            if grid[r][c] == "S":
                dist[r][c] = 0
            if grid[r][c] == "T":
                target = r, c
            for nr, nc in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
                if 0 <= nr < h and 0 <= nc < w:
                    dist[r][c] = min(dist[r][c], dist[nr][nc] + 1)
answer = dist[target[0]][target[1]]
print(answer if answer < far else -1)
