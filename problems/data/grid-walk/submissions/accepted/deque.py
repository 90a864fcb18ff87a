from collections import deque


def main():
    h, w = map(int, input().split())
    grid = [input() for _ in range(h)]
    start = next((r, row.index("S")) for r, row in enumerate(grid) if "S" in row)
    todo = deque([(start, 0)])
    seen = {start}
    while todo:
        (r, c), steps = todo.popleft()
        if grid[r][c] == "T":
            return steps
        for cell in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if 0 <= cell[0] < h and 0 <= cell[1] < w and cell not in seen and grid[cell[0]][cell[1]] != "#":
                seen.add(cell)
                todo.append((cell, steps + 1))
    return -1


print(main())
