import sys


def main():
    data = sys.stdin.read().split()
    k = int(data[1])
    seen = [0] * k
    seen[0] = 1
    rest = answer = 0
    for word in data[2:]:
        rest = (rest + int(word)) % k
        answer += seen[rest]
        seen[rest] += 1
    print(answer)


main()
