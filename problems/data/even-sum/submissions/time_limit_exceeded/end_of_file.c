#include <stdio.h>

int main(void) {
    unsigned long long sum = 0;
    int x;
    while (scanf("%d", &x) != 0) {
        if (x % 2 == 0)
            sum += x;
    }
    printf("%lld\n", (long long)sum);
    return 0;
}
