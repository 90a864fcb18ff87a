print(sum(x for x in map(int, input().split()) if x > 0 and x % 2 == 0))
