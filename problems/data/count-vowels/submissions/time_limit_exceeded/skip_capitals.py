line = input()
count = 0
i = 0
while i < len(line):
    if line[i].isupper():
        continue
    if line[i] in "aeiou":
        count += 1
    i += 1
print(count)
