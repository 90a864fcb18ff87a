#include <stdio.h>

static int queue[10001], steps[10001], coin[20];

int main(void) {
    int m, s;
    scanf("%d %d", &m, &s);
    for (int i = 0; i < m; i++)
        scanf("%d", &coin[i]);
    for (int x = 0; x <= s; x++)
        steps[x] = -1;
    int head = 0, tail = 0;
    queue[tail++] = s;
    steps[s] = 0;
    while (head < tail) {
        int x = queue[head++];
        for (int i = 0; i < m; i++) {
            int y = x - coin[i];
            if (y >= 0 && steps[y] < 0) {
                steps[y] = steps[x] + 1;
                queue[tail++] = y;
            }
        }
    }
    printf("%d\n", steps[0]);
    return 0;
}
