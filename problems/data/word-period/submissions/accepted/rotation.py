s = input()
print((s + s).index(s, 1))
