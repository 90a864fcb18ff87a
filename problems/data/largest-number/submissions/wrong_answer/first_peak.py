numbers = list(map(int, input().split()))
best = numbers[0]
for x in numbers[1:]:
    if x <= best:
        break
    best = x
print(best)
