print(max(4, input().count(" ") + 1))
