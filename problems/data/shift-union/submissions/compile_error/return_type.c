#include <stdio.h>

struct shift {
    long long l, r;
};

static struct shift read_shift(void) {
    struct shift s;
    scanf("%lld %lld", &s.l, &s.r);
    return s;
}

int main(void) {
    int n;
    scanf("%d", &n);
    long long total = 0;
    for (int i = 0; i < n; i++) {
        long long s = read_shift();
        total += s.r - s.l;
    }
    printf("%lld\n", total);
    return 0;
}
