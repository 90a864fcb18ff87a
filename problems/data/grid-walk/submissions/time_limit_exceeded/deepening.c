#include <stdio.h>

static char g[205][205];
static int h, w;

static int reach(int r, int c, int steps) {
    if (r < 0 || r >= h || c < 0 || c >= w || g[r][c] == '#')
        return 0;
    if (steps == 0)
        return g[r][c] == 'T';
    return reach(r, c + 1, steps - 1) || reach(r + 1, c, steps - 1) ||
           reach(r, c - 1, steps - 1) || reach(r - 1, c, steps - 1);
}

int main(void) {
    scanf("%d %d", &h, &w);
    int r = 0, c = 0;
    for (int i = 0; i < h; i++) {
        scanf("%204s", g[i]);
        for (int j = 0; j < w; j++)
            if (g[i][j] == 'S') {
                r = i;
                c = j;
            }
    }
    for (int steps = 1; steps < h * w; steps++)
        if (reach(r, c, steps)) {
            printf("%d\n", steps);
            return 0;
        }
    printf("-1\n");
    return 0;
}
