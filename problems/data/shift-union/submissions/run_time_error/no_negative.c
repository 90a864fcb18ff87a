#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static long long s[5000][2];

static int compare(const void *x, const void *y) {
    const long long *a = x, *b = y;
    return (a[0] > b[0]) - (a[0] < b[0]);
}

int main(void) {
    int n;
    scanf("%d", &n);
    for (int i = 0; i < n; i++) {
        scanf("%lld %lld", &s[i][0], &s[i][1]);
        assert(s[i][0] >= 0);
    }
    qsort(s, n, sizeof s[0], compare);
    long long total = 0, end = 0;
    for (int i = 0; i < n; i++) {
        if (s[i][0] > end)
            end = s[i][0];
        if (s[i][1] > end) {
            total += s[i][1] - end;
            end = s[i][1];
        }
    }
    printf("%lld\n", total);
    return 0;
}
