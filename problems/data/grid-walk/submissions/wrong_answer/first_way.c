#include <stdio.h>

static char g[205][205];
static int h, w, found = -1;

static void walk(int r, int c, int steps) {
    if (r < 0 || r >= h || c < 0 || c >= w || g[r][c] == '#' || found >= 0)
        return;
    if (g[r][c] == 'T') {
        found = steps;
        return;
    }
    g[r][c] = '#';
    walk(r, c + 1, steps + 1);
    walk(r + 1, c, steps + 1);
    walk(r, c - 1, steps + 1);
    walk(r - 1, c, steps + 1);
}

int main(void) {
    scanf("%d %d", &h, &w);
    for (int i = 0; i < h; i++)
        scanf("%204s", g[i]);
    for (int i = 0; i < h && found < 0; i++)
        for (int j = 0; j < w; j++)
            if (g[i][j] == 'S') {
                walk(i, j, 0);
                printf("%d\n", found);
                return 0;
            }
    return 0;
}
