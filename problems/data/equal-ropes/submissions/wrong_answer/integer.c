#include <stdio.h>

int main(void) {
    int n, k, a[5000];
    scanf("%d %d", &n, &k);
    for (int i = 0; i < n; i++)
        scanf("%d", &a[i]);
    int lo = 0, hi = 1000000001;
    while (hi - lo > 1) {
        int mid = lo + (hi - lo) / 2;
        long long pieces = 0;
        for (int i = 0; i < n; i++)
            pieces += a[i] / mid;
        if (pieces >= k)
            lo = mid;
        else
            hi = mid;
    }
    printf("%d\n", lo);
    return 0;
}
