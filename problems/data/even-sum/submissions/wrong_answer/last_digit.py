total = 0
for word in input().split():
    if word[-1] in "2468":
        total += int(word)
print(total)
