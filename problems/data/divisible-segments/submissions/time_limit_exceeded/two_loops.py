n, k = map(int, input().split())
a = list(map(int, input().split()))
answer = 0
for i in range(n):
    total = 0
    for j in range(i, n):
        total += a[j]
        if total % k == 0:
            answer += 1
print(answer)
