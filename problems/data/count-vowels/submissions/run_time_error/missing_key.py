counts = {c: 0 for c in "abcdefghijklmnopqrstuvwxyz "}
for c in input():
    counts[c] += 1
print(sum(counts[c] for c in "aeiou"))
