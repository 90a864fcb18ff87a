n, k = map(int, input().split())
ropes = list(map(int, input().split()))
print(min(sum(ropes) / k, max(ropes)))
