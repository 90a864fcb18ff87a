#include <stdio.h>

int a[1005];

int main(void) {
    int n = 0;
    while (scanf("%d", &a[n]) == 1)
        n++;
    int best = -1000000000;
    for (int i = 1; i < n; i++)
        if (a[i] > best)
            best = a[i];
    printf("%d\n", best);
    return 0;
}
