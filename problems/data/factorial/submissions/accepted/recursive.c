#include <stdint.h>
#include <stdio.h>

static int64_t factorial(int n) {
    return n <= 1 ? 1 : n * factorial(n - 1);
}

int main(void) {
    int n;
    scanf("%d", &n);
    printf("%lld\n", (long long)factorial(n));
    return 0;
}
