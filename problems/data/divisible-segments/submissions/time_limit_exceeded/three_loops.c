#include <stdio.h>

static int a[100000];

static long long sum(int from, int to) {
    long long total = 0;
    while (from <= to)
        total += a[from++];
    return total;
}

int main(void) {
    int n, k;
    scanf("%d %d", &n, &k);
    for (int i = 0; i < n; i++)
        scanf("%d", &a[i]);
    long long answer = 0;
    for (int length = 1; length <= n; length++)
        for (int i = 0; i + length <= n; i++)
            answer += sum(i, i + length - 1) % k == 0;
    printf("%lld\n", answer);
    return 0;
}
