def main():
    n, k = map(int, input().split())
    ropes = list(map(int, input().split()))
    lo, hi = 0.0, max(ropes) + 1.0
    for _ in range(70):
        mid = (lo + hi) / 2
        if sum([int(x / mid) for x in ropes]) >= k:
            lo = mid
        else:
            hi = mid
    print("%.9f" % lo)


main()
