from itertools import permutations

n = int(input())
print(sum(1 for _ in permutations(range(n))))
