#include <stdio.h>
#include <stdlib.h>

struct team {
    char name[11];
    int points, penalty;
};

static int compare(const void *x, const void *y) {
    const struct team *a = x, *b = y;
    return b->score - a->score;
}

int main(void) {
    struct team t[2000];
    int n;
    scanf("%d", &n);
    for (int i = 0; i < n; i++)
        scanf("%10s %d %d", t[i].name, &t[i].points, &t[i].penalty);
    qsort(t, n, sizeof t[0], compare);
    for (int i = 0; i < n; i++)
        puts(t[i].name);
    return 0;
}
