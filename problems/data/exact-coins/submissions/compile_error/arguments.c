#include <stdio.h>

static int least(int a, int b) {
    return a < b ? a : b;
}

int main(void) {
    int m, s, c, best[10001] = {0};
    scanf("%d %d", &m, &s);
    for (int x = 1; x <= s; x++)
        best[x] = 1000000;
    for (int i = 0; i < m; i++) {
        scanf("%d", &c);
        for (int x = c; x <= s; x++)
            best[x] = least(best[x], best[x - c] + 1, x);
    }
    printf("%d\n", best[s]);
    return 0;
}
