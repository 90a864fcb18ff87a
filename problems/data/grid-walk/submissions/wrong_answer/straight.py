h, w = map(int, input().split())
grid = [input() for _ in range(h)]
for r in range(h):
    for c in range(w):
        if grid[r][c] == "S":
            start = r, c
        elif grid[r][c] == "T":
            end = r, c
seen = {start}
todo = [start]
while todo:
    r, c = todo.pop()
    for nr, nc in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
        if 0 <= nr < h and 0 <= nc < w and grid[nr][nc] != "#" and (nr, nc) not in seen:
            seen.add((nr, nc))
            todo.append((nr, nc))
if end in seen:
    print(abs(start[0] - end[0]) + abs(start[1] - end[1]))
else:
    print(-1)
