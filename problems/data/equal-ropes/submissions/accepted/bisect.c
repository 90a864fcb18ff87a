#include <stdint.h>
#include <stdio.h>

static int64_t rope[5000];

int main(void) {
    int n;
    int64_t k;
    long long x;
    scanf("%d %lld", &n, &x);
    k = x;
    double high = 0;
    for (int i = 0; i < n; i++) {
        scanf("%lld", &x);
        rope[i] = x;
        if (rope[i] > high)
            high = (double)rope[i];
    }
    high += 1;
    double low = 0;
    for (int round = 0; round < 80; round++) {
        double length = low + (high - low) / 2;
        int64_t pieces = 0;
        for (int i = 0; i < n && pieces < k; i++)
            pieces += (int64_t)((double)rope[i] / length);
        if (pieces < k)
            high = length;
        else
            low = length;
    }
    printf("%.12f\n", low);
    return 0;
}
