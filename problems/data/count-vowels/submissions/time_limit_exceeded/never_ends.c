#include <stdio.h>

int main(void) {
    unsigned char c;
    int n = 0;
    while ((c = getchar()) != EOF) {
        if (c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u')
            n++;
        if (c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U')
            n++;
    }
    printf("%d\n", n);
    return 0;
}
