from collections import Counter
from itertools import accumulate

n, k = map(int, input().split())
prefixes = accumulate(map(int, input().split()), initial=0)
counts = Counter(prefix % k for prefix in prefixes)
print(sum(c * (c - 1) // 2 for c in counts.values()))
