count = 0
for c in input().lower()
    if c in "aeiou":
        count += 1
print(count)
