#include <stdio.h>
int main(void) {
    long long x, low = 3000000000, high = -3000000000;
    while (scanf("%lld", &x) == 1) {
        if (x < low) low = x;
        if (x > high) high = x;
    }
    printf("%lld\n", high - low);
    return 0;
}
