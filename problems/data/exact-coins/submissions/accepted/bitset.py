# Bit x of `reach` says whether x can be paid with `count` coins.
m, s = map(int, input().split())
coins = list(map(int, input().split()))
everything = (1 << (s + 1)) - 1
reach = seen = 1
count = 0
while reach and not reach >> s & 1:
    step = 0
    for c in coins:
        if c <= s:
            step |= reach << c
    reach = step & everything & ~seen
    seen |= reach
    count += 1
print(count if reach else -1)
