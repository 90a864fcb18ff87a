numbers = list(map(int, input().split()))
best = numbers[0]
for x in numbers:
if x > best:
    best = x
print(best)
