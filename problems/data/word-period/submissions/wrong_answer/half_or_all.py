s = input()
n = len(s)
if s == s[0] * n:
    print(1)
else:
    for parts in (7, 5, 3, 2):
        p = n // parts
        if n % parts == 0 and s[:p] * parts == s:
            break
    else:
        p = n
    print(p)
