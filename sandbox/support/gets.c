// `gets` as C had it until 2011.
#include <stdio.h>

char *gets(char *line) {
    int n = 0, c;
    while ((c = getchar()) != EOF && c != '\n') line[n++] = (char)c;
    if (c == EOF && n == 0) return 0;
    line[n] = '\0';
    return line;
}
