#include <stdio.h>

int main(void) {
    unsigned a, m;
    unsigned long long b;
    scanf("%u %llu %u", &a, &b, &m);
    unsigned result = 1 % m;
    a %= m;
    while (b) {
        if (b & 1)
            result = result * a % m;
        a = a * a % m;
        b >>= 1;
    }
    printf("%u\n", result);
    return 0;
}
