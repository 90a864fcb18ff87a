n = int(input())
shifts = sorted(tuple(map(int, input().split())) for _ in range(n))
total = 0
i = 0
while i < n:
    l, r = shifts[i]
    i += 1
    if i < n and shifts[i][0] <= r:
        while shifts[i][0] <= r:
            r = max(r, shifts[i][1])
            i += 1
    total += r - l
print(total)
