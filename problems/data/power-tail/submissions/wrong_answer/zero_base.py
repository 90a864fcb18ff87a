a, b, m = map(int, input().split())
if a == 0:
    print(0)
else:
    print(pow(a, b, m))
