#include <stdio.h>

int main(void) {
    unsigned long long a, b, m, r = 1;
    scanf("%llu %llu %llu", &a, &b, &m);
    while (b-- > 0)
        r = r * a % m;
    printf("%llu\n", r % m);
    return 0;
}
