print(" ".join(word[::-1] for word in input().split()))
