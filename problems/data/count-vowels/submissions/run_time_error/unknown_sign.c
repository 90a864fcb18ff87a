#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    int c, n = 0;
    while ((c = getchar()) != EOF && c != '\n') {
        if (c != ' ' && !isalpha(c))
            abort();
        if (strchr("aeiou", tolower(c)))
            n++;
    }
    printf("%d\n", n);
    return 0;
}
