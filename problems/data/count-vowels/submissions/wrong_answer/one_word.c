#include <ctype.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    char s[1010];
    int n = 0;
    scanf("%1009s", s);
    for (int i = 0; s[i]; i++)
        if (strchr("aeiou", tolower((unsigned char)s[i])))
            n++;
    printf("%d\n", n);
    return 0;
}
