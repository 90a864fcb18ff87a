n, k = map(int, input().split())
a = list(map(int, input().split()))
answer = 0
for i in range(n):
    total = 0
    for x in a[i:i + 8]:
        total += x
        if total % k == 0:
            answer += 1
print(answer)
