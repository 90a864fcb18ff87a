#include <stdio.h>

int best[10001];

int main(void) {
    int m, s, c[20];
    scanf("%d %d", &m, &s);
    for (int i = 0; i < m; i++)
        scanf("%d", &c[i]);
    for (int x = 1; x <= s; x++)
        for (int i = 0; i < m; i++) {
            if (c[i] == x)
                best[x] = 1;
            else if (c[i] < x && best[x - c[i]] && (!best[x] || best[x - c[i]] + 1 < best[x]))
                best[x] = best[x - c[i]] + 1;
        }
    printf("%d\n", best[s] ? best[s] : -1);
    return 0;
}
