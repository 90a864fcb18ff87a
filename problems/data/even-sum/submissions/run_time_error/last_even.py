numbers = [int(word) for word in input().split()]
evens = [x for x in numbers if x % 2 == 0]
total = evens[0]
for x in evens[1:]:
    total += x
print(total)
