import sys

sys.setrecursionlimit(5000)
numbers = list(map(int, input().split()))


def largest(i):
    if i == len(numbers) - 1:
        return numbers[i]
    if numbers[i] > largest(i + 1):
        return numbers[i]
    return largest(i + 1)


print(largest(0))
