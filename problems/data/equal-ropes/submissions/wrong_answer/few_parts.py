n, k = map(int, input().split())
ropes = list(map(int, input().split()))
best = 0
lengths = sorted({x / parts for x in ropes for parts in range(1, 11)}, reverse=True)
lo, hi = 0, len(lengths) - 1
while lo < hi:
    mid = (lo + hi) // 2
    if sum(int(x / lengths[mid]) for x in ropes) >= k:
        hi = mid
    else:
        lo = mid + 1
print(lengths[lo])
