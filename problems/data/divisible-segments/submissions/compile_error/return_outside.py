n, k = map(int, input().split())
a = list(map(int, input().split()))
seen = [1] + [0] * (k - 1)
rest = answer = 0
for x in a:
    rest = (rest + x) % k
    answer += seen[rest]
    seen[rest] += 1
return answer
