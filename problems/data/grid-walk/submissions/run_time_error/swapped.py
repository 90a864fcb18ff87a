from collections import deque

w, h = map(int, input().split())
grid = [input() for _ in range(h)]
dist = [[-1] * w for _ in range(h)]
todo = deque()
for r in range(h):
    for c in range(w):
        if grid[r][c] == "S":
            dist[r][c] = 0
            todo.append((r, c))
        if grid[r][c] == "T":
            target = r, c
while todo:
    r, c = todo.popleft()
    for nr, nc in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
        if 0 <= nr < h and 0 <= nc < w and grid[nr][nc] != "#" and dist[nr][nc] < 0:
            dist[nr][nc] = dist[r][c] + 1
            todo.append((nr, nc))
print(dist[target[0]][target[1]])
