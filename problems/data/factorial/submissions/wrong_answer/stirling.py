import math

n = int(input())
if n == 0:
    print(1)
else:
    root = math.sqrt(2 * math.pi * n)
    print(round(root * (n / math.e) ** n * (1 + 1 / (12 * n))))
