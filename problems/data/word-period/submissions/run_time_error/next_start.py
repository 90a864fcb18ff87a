s = input()
n = len(s)
p = s.index(s[0], 1)
while n % p != 0 or s[:p] * (n // p) != s:
    p = s.index(s[0], p + 1)
print(p)
