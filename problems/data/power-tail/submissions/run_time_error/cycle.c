#include <stdio.h>

int main(void) {
    long long a, b, m;
    scanf("%lld %lld %lld", &a, &b, &m);
    a %= m;
    /* Leave a mark for a power that is a multiple of m. */
    long long mark = m / a;
    long long r = 1 % m;
    while (b > 0) {
        if (b % 2)
            r = r * a % m;
        a = a * a % m;
        b /= 2;
    }
    printf("%lld\n", mark >= 0 ? r : mark);
    return 0;
}
