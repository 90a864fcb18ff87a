n = int(input())
shifts = [tuple(map(int, input().split())) for _ in range(n)]
first = min(l for l, r in shifts)
last = max(r for l, r in shifts)
total = 0
time = first
while time < last:
    if any(l <= time < r for l, r in shifts):
        total += 1
    time += 1
print(total)
