#include <stdio.h>
#include <string.h>

static char s[5010];

int main(void) {
    fgets(s, sizeof s, stdin);
    int n = (int)strcspn(s, "\n");
    s[n] = 0;
    for (int i = n / 2 - 1, j = n / 2; i >= 0; i--, j++) {
        char t = s[i];
        s[i] = s[j];
        s[j] = t;
    }
    puts(s);
    return 0;
}
