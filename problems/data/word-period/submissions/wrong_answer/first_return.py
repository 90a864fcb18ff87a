s = input()
p = s.find(s[0], 1)
print(p if p > 0 else len(s))
