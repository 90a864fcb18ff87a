numbers = list(map(int, input().split()))
print(max(numbers) - numbers[0])
