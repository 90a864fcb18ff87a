n, k = map(int, input().split())
ropes = list(map(int, input().split()))
lo = 0.0
hi = max(ropes) + 1.0
while hi - lo > 1e-9:
    mid = (lo + hi) / 2
    if sum(x // mid for x in ropes) >= k:
        lo = mid
    else:
        hi = mid
print(lo)
