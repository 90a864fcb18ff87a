n, k = map(int, input().split())
seen = {}
total = answer = 0
for x in map(int, input().split()):
    total += x
    rest = total % k
    answer += seen.get(rest, 0)
    seen[rest] = seen.get(rest, 0) + 1
print(answer)
