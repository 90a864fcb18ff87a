#include <stdio.h>

int m, s, c[20], best = 1000000;

static void pay(int i, int left, int used) {
    if (left == 0) {
        if (used < best)
            best = used;
        return;
    }
    if (i == m)
        return;
    for (int k = 0; k * c[i] <= left; k++)
        pay(i + 1, left - k * c[i], used + k);
}

int main(void) {
    scanf("%d %d", &m, &s);
    for (int i = 0; i < m; i++)
        scanf("%d", &c[i]);
    pay(0, s, 0);
    printf("%d\n", best < 1000000 ? best : -1);
    return 0;
}
