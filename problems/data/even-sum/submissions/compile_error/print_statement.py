total = 0
for x in map(int, raw_input().split()):
    if x % 2 == 0:
        total += x
print total
