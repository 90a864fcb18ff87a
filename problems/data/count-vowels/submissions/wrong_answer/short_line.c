#include <ctype.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    char s[256];
    int n = 0;
    if (fgets(s, sizeof s, stdin))
        for (int i = 0; s[i]; i++)
            if (strchr("aeiou", tolower((unsigned char)s[i])))
                n++;
    printf("%d\n", n);
    return 0;
}
