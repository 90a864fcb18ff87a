#include <stdio.h>

static int a[5000];

int main(void) {
    int n, k, high = 1;
    scanf("%d %d", &n, &k);
    for (int i = 0; i < n; i++) {
        scanf("%d", &a[i]);
        if (a[i] >= high)
            high = a[i] + 1;
    }
    /* First the integer part, then the rest. */
    int low = 0;
    while (low < high) {
        int mid = low + (high - low) / 2;
        long long pieces = 0;
        for (int i = 0; i < n; i++)
            pieces += a[i] / mid;
        if (pieces < k)
            high = mid;
        else
            low = mid + 1;
    }
    double lo = low - 1, hi = low;
    for (int step = 0; step < 60; step++) {
        double mid = (lo + hi) / 2, pieces = 0;
        for (int i = 0; i < n; i++)
            pieces += (int)(a[i] / mid);
        if (pieces < k)
            hi = mid;
        else
            lo = mid;
    }
    printf("%.9f\n", lo);
    return 0;
}
