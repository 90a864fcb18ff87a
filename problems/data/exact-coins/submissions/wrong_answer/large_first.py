# Takes the largest coin that still leaves something payable.
m, s = map(int, input().split())
coins = sorted(map(int, input().split()), reverse=True)
payable = [True] + [False] * s
for x in range(1, s + 1):
    payable[x] = any(c <= x and payable[x - c] for c in coins)
if not payable[s]:
    print(-1)
else:
    count = 0
    while s > 0:
        for c in coins:
            if c <= s and payable[s - c]:
                s -= c
                count += 1
                break
    print(count)
