n = int(input())
shifts = sorted(tuple(map(int, input().split())) for _ in range(n))
total = 0
end = shifts[0][0]
for l, r in shifts:
    if l > end:
        total += r - l
    else if r > end:
        total += r - end
    end = max(end, r)
print(total)
