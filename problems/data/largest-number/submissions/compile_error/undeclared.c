#include <stdio.h>

int main(void) {
    int x;
    scanf("%d", &best);
    while (scanf("%d", &x) == 1)
        if (x > best)
            best = x;
    printf("%d\n", best);
    return 0;
}
