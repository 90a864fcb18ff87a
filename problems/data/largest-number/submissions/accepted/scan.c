#include <stdio.h>

int main(void) {
    int best, x;
    if (scanf("%d", &best) != 1)
        return 1;
    while (scanf("%d", &x) == 1)
        if (x > best)
            best = x;
    printf("%d\n", best);
    return 0;
}
