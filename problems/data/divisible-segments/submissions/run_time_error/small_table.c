#include <assert.h>
#include <stdio.h>

#define TABLE 1000

static long long seen[TABLE];

int main(void) {
    int n, k;
    scanf("%d %d", &n, &k);
    assert(k <= TABLE);
    seen[0] = 1;
    long long rest = 0, answer = 0;
    while (n-- > 0) {
        long long x;
        scanf("%lld", &x);
        rest = ((rest + x) % k + k) % k;
        answer += seen[rest]++;
    }
    printf("%lld\n", answer);
    return 0;
}
