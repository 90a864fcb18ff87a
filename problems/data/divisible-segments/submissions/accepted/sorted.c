#include <stdio.h>
#include <stdlib.h>

static int rest[100001];

static int compare(const void *x, const void *y) {
    return *(const int *)x - *(const int *)y;
}

int main(void) {
    int n, k;
    scanf("%d %d", &n, &k);
    for (int i = 1; i <= n; i++) {
        int x;
        scanf("%d", &x);
        rest[i] = (rest[i - 1] + x % k + k) % k;
    }
    qsort(rest, n + 1, sizeof rest[0], compare);
    long long answer = 0, same = 0;
    for (int i = 1; i <= n; i++) {
        same = rest[i] == rest[i - 1] ? same + 1 : 0;
        answer += same;
    }
    printf("%lld\n", answer);
    return 0;
}
