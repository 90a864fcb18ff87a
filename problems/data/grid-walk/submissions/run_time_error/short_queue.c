#include <stdio.h>
#include <stdlib.h>

#define ROOM 500

static char g[205][205];
static int queue[ROOM], steps[ROOM];

int main(void) {
    int h, w, head = 0, tail = 0;
    scanf("%d %d", &h, &w);
    for (int i = 0; i < h; i++) {
        scanf("%204s", g[i]);
        for (int j = 0; j < w; j++)
            if (g[i][j] == 'S') {
                queue[tail++] = i * w + j;
                g[i][j] = '#';
            }
    }
    while (head < tail) {
        int r = queue[head] / w, c = queue[head] % w, s = steps[head];
        head++;
        for (int d = 0; d < 4; d++) {
            int nr = r + (d == 0) - (d == 1), nc = c + (d == 2) - (d == 3);
            if (nr < 0 || nr >= h || nc < 0 || nc >= w || g[nr][nc] == '#')
                continue;
            if (g[nr][nc] == 'T') {
                printf("%d\n", s + 1);
                return 0;
            }
            if (tail == ROOM) {
                fprintf(stderr, "queue is full\n");
                exit(1);
            }
            g[nr][nc] = '#';
            queue[tail] = nr * w + nc;
            steps[tail++] = s + 1;
        }
    }
    printf("-1\n");
    return 0;
}
