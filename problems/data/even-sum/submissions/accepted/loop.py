import sys


def main():
    total = 0
    for word in sys.stdin.readline().split():
        value = int(word)
        if not value & 1:
            total += value
    print(total)


main()
