#include <stdio.h>

int main(void) {
    int n, k;
    scanf("%d %d", &n, &k);
    double k = 0, lo = 0, hi = 1e9;
    int a[5000];
    for (int i = 0; i < n; i++)
        scanf("%d", &a[i]);
    while (hi - lo > 1e-6) {
        double mid = (lo + hi) / 2;
        k = 0;
        for (int i = 0; i < n; i++)
            k += (int)(a[i] / mid);
        lo = mid;
    }
    printf("%f\n", lo);
    return 0;
}
