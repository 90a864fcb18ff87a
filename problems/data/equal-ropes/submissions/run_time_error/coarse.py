n, k = map(int, input().split())
ropes = list(map(int, input().split()))
low, high = 0, max(ropes)
while low < high:
    mid = (low + high) // 2
    if sum(x // mid for x in ropes) < k:
        high = mid
    else:
        low = mid + 1
lo, hi = max(low - 1, 0), low + 1
for _ in range(50):
    mid = (lo + hi) / 2
    if sum(int(x / mid) for x in ropes) < k:
        hi = mid
    else:
        lo = mid
print(lo)
