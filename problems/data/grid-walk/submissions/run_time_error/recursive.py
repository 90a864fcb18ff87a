h, w = map(int, input().split())
grid = [input() for _ in range(h)]
seen = set()


def flood(r, c):
    if not (0 <= r < h and 0 <= c < w) or grid[r][c] == "#" or (r, c) in seen:
        return
    seen.add((r, c))
    flood(r + 1, c)
    flood(r - 1, c)
    flood(r, c + 1)
    flood(r, c - 1)


for r in range(h):
    for c in range(w):
        if grid[r][c] == "S":
            start = r, c
        if grid[r][c] == "T":
            target = r, c
flood(*start)
if target not in seen:
    print(-1)
else:
    steps = 0
    wave = {start}
    seen.remove(start)
    while target not in wave:
        wave = {p for r, c in wave for p in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)) if p in seen}
        seen -= wave
        steps += 1
    print(steps)
