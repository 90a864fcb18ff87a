n = int(input())
total = 0
end = None
for _ in range(n):
    l, r = map(int, input().split())
    if end is None or l > end:
        total += r - l
        end = r
    elif r > end:
        total += r - end
        end = r
print(total)
