from itertools import combinations_with_replacement

m, s = map(int, input().split())
coins = list(map(int, input().split()))
answer = -1
for count in range(s // min(coins) + 1):
    if any(sum(chosen) == s for chosen in combinations_with_replacement(coins, count)):
        answer = count
        break
print(answer)
