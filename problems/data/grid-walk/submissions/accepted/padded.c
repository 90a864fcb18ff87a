#include <stdio.h>

/* A border of zero bytes stands for walls. */
static char g[202 * 202 + 1];
static int dist[202 * 202], queue[202 * 202];

int main(void) {
    int h, w;
    scanf("%d %d", &h, &w);
    int wide = 202, target = 0, head = 0, tail = 0;
    for (int r = 1; r <= h; r++) {
        char row[201];
        scanf("%200s", row);
        for (int c = 1; c <= w; c++) {
            int at = r * wide + c;
            g[at] = row[c - 1] == '#' ? 0 : 1;
            if (row[c - 1] == 'T')
                target = at;
            if (row[c - 1] == 'S') {
                queue[tail++] = at;
                dist[at] = 1;
            }
        }
    }
    while (head < tail) {
        int at = queue[head++];
        int next[4] = {at - 1, at + 1, at - wide, at + wide};
        for (int d = 0; d < 4; d++)
            if (g[next[d]] && !dist[next[d]]) {
                dist[next[d]] = dist[at] + 1;
                queue[tail++] = next[d];
            }
    }
    printf("%d\n", dist[target] - 1);
    return 0;
}
