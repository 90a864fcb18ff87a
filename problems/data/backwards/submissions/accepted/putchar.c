#include <stdio.h>

static char line[5010];

int main(void) {
    int n = 0, c;
    while ((c = getchar()) != EOF && c != '\n')
        line[n++] = (char)c;
    while (n > 0)
        putchar(line[--n]);
    putchar('\n');
    return 0;
}
