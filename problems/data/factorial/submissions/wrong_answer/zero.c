#include <stdio.h>

int main(void) {
    int n;
    scanf("%d", &n);
    long long product = n;
    while (n > 1) {
        n--;
        product *= n;
    }
    printf("%lld\n", product);
    return 0;
}
