from collections import deque

h, w = map(int, input().split())
grid = [input() for _ in range(h)]
todo = deque()
for r in range(h):
    for c in range(w):
        if grid[r][c] = "S":
            todo.append((r, c, 0))
while todo:
    r, c, steps = todo.popleft()
print(steps)
