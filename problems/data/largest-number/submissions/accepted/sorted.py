numbers = list(map(int, input().split()))
numbers.sort()
print(numbers[-1])
