from collections import Counter

counts = Counter(input())
print(sum(counts[c] for c in "aeiouAEIOU"))
