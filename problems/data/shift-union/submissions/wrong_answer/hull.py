n = int(input())
shifts = [tuple(map(int, input().split())) for _ in range(n)]
first = min(l for l, r in shifts)
last = max(r for l, r in shifts)
ordered = sorted(shifts)
gaps = sum(max(0, b[0] - a[1]) for a, b in zip(ordered, ordered[1:]))
print(last - first - gaps)
