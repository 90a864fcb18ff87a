#include <stdio.h>
#include <stdlib.h>

static int best[10001];

int main(void) {
    int m, s, c[20];
    scanf("%d %d", &m, &s);
    for (int i = 0; i < m; i++)
        scanf("%d", &c[i]);
    for (int x = 1; x <= s; x++) {
        best[x] = 1000000;
        for (int i = 0; i < m; i++)
            if (c[i] <= x && best[x - c[i]] + 1 < best[x])
                best[x] = best[x - c[i]] + 1;
    }
    if (best[s] >= 1000000)
        abort();
    printf("%d\n", best[s]);
    return 0;
}
