#include <stdio.h>
#include <stdlib.h>

#define CAPACITY 64

int main(void) {
    int a[CAPACITY];
    int n = 0, x;
    while (scanf("%d", &x) == 1) {
        if (n == CAPACITY) {
            fprintf(stderr, "too many numbers\n");
            exit(3);
        }
        a[n++] = x;
    }
    int best = a[0];
    for (int i = 1; i < n; i++)
        best = a[i] > best ? a[i] : best;
    printf("%d\n", best);
    return 0;
}
