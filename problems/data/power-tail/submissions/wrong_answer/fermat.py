a, b, m = map(int, input().split())
if m > 1:
    b %= m - 1
print(pow(a, b, m))
