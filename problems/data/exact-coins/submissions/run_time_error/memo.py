from functools import lru_cache

m, s = map(int, input().split())
coins = list(map(int, input().split()))


@lru_cache(None)
def fewest(x):
    if x == 0:
        return 0
    return min((fewest(x - c) + 1 for c in coins if c <= x), default=10 ** 9)


print(fewest(s) if fewest(s) < 10 ** 9 else -1)
