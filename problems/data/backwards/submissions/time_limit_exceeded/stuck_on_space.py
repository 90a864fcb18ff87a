line = input()
result = ""
i = 0
while i < len(line):
    if line[i] == " ":
        continue
    result = line[i] + result
    i += 1
print(result)
