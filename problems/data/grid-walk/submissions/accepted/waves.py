import sys

words = sys.stdin.read().split()
width = int(words[1]) + 1
cells = "#" * width + "#".join(words[2:]) + "#" * (width + 1)
wave = {cells.index("S")}
target = cells.index("T")
free = {i for i, c in enumerate(cells) if c != "#"} - wave
steps = 0
while wave and target not in wave:
    wave = {j for i in wave for j in (i - 1, i + 1, i - width, i + width) if j in free}
    free -= wave
    steps += 1
print(steps if wave else -1)
