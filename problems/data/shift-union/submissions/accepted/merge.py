import sys


def main():
    numbers = list(map(int, sys.stdin.read().split()))
    shifts = sorted(zip(numbers[1::2], numbers[2::2]))
    total = 0
    start, end = shifts[0]
    for l, r in shifts:
        if l > end:
            total += end - start
            start, end = l, r
        elif r > end:
            end = r
    print(total + end - start)


main()
