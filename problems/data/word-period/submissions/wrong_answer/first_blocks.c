#include <stdio.h>
#include <string.h>

char s[100005];

int main(void) {
    scanf("%s", s);
    int n = strlen(s), p = 1;
    while (p < n && (n % p != 0 || strncmp(s, s + p, p) != 0))
        p++;
    printf("%d\n", p);
    return 0;
}
