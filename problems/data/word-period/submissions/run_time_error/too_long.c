#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char s[1001];
    int n = 0, c;
    while ((c = getchar()) >= 'a') {
        if (n == 1000)
            exit(2);
        s[n++] = (char)c;
    }
    for (int p = 1; p <= n; p++)
        if (n % p == 0 && memcmp(s, s + p, n - p) == 0) {
            printf("%d\n", p);
            return 0;
        }
    return 0;
}
