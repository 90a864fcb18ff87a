#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static char line[5010];

int main(void) {
    int n = 0, c;
    while ((c = getchar()) != EOF && c != '\n') {
        if (!isalnum(c))
            abort();
        line[n++] = (char)c;
    }
    while (n > 0)
        putchar(line[--n]);
    putchar('\n');
    return 0;
}
