#include <stdio.h>

int main(void) {
    int h, w;
    scanf("%d %d", &h, &w);
    char grid[205][205];
    for (int i = 0; i < h; i++)
        scanf("%204s", grid(i));
    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++)
            if (grid[i][j] = 'S' {
                printf("%d\n", i + j);
            }
    return 0;
}
