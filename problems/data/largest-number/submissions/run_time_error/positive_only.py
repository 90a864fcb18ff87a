numbers = [int(word) for word in input().split()]
print(max(x for x in numbers if x >= 0))
