n, k = map(int, input().split())
a = list(map(int, input().split()))
seen = [1] + [0] * (k - 1)


def count(i, rest):
    if i == n:
        return 0
    rest = (rest + a[i]) % k
    found = seen[rest]
    seen[rest] += 1
    return found + count(i + 1, rest)


print(count(0, 0))
