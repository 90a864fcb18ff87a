#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    int n, product = 1;
    scanf("%d", &n);
    for (int i = 1; i <= n; i++) {
        if (product > INT_MAX / i)
            abort();
        product *= i;
    }
    printf("%d\n", product);
    return 0;
}
