#include <stdio.h>

int a[1005];

int main(void) {
    int n = 0;
    while (scanf("%d", &a[n]) == 1)
        n++;
    for (int value = 1000000000; value >= -1000000000; value--)
        for (int i = 0; i < n; i++)
            if (a[i] == value) {
                printf("%d\n", value);
                return 0;
            }
    return 0;
}
