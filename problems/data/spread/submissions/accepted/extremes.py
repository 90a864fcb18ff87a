numbers = list(map(int, input().split()))
print(max(numbers) - min(numbers))
