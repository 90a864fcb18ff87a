#include <stdio.h>

static unsigned seen[100000];

int main(void) {
    int n, k, rest = 0;
    unsigned answer = 0;
    scanf("%d %d", &n, &k);
    seen[0] = 1;
    for (int i = 0; i < n; i++) {
        int x;
        scanf("%d", &x);
        rest = ((rest + x % k) % k + k) % k;
        answer += seen[rest]++;
    }
    printf("%u\n", answer);
    return 0;
}
