#include <stdio.h>
#include <string.h>

static char s[100001];

int main(void) {
    scanf("%100000s", s);
    int n = (int)strlen(s);
    for (int p = 1; p <= n; p++)
        if (n % p == 0 && memcmp(s, s + p, n - p) == 0) {
            printf("%d\n", p);
            break;
        }
    return 0;
}
