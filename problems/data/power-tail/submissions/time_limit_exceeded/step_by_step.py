a, b, m = map(int, input().split())
result = 1
for _ in range(b):
    result = result * a % m
print(result % m)
