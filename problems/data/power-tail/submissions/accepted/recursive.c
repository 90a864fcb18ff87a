#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t power(uint64_t a, uint64_t b, uint64_t m) {
    if (b == 0)
        return 1 % m;
    uint64_t half = power(a, b / 2, m);
    half = half * half % m;
    return b % 2 ? half * (a % m) % m : half;
}

int main(void) {
    uint64_t a, b, m;
    scanf("%" SCNu64 " %" SCNu64 " %" SCNu64, &a, &b, &m);
    printf("%" PRIu64 "\n", power(a, b, m));
    return 0;
}
