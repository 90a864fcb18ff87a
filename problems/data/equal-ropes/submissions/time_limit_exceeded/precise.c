#include <stdio.h>

static double a[5000];

int main(void) {
    int n, k;
    scanf("%d %d", &n, &k);
    for (int i = 0; i < n; i++)
        scanf("%lf", &a[i]);
    double lo = 0, hi = 2e9;
    while (hi - lo > 1e-10) {
        double mid = (lo + hi) / 2;
        long long pieces = 0;
        for (int i = 0; i < n; i++)
            pieces += (long long)(a[i] / mid);
        if (pieces >= k)
            lo = mid;
        else
            hi = mid;
    }
    printf("%.9f\n", hi);
    return 0;
}
