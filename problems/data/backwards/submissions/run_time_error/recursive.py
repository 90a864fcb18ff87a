def backwards(s):
    if len(s) <= 1:
        return s
    return backwards(s[1:]) + s[0]


print(backwards(input()))
