#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct team {
    char name[11];
    unsigned points, penalty;
};

static int compare(const void *x, const void *y) {
    const struct team *a = x, *b = y;
    if (a->points != b->points)
        return (int)(b->points - a->points);
    if (a->penalty != b->penalty)
        return (int)(a->penalty - b->penalty);
    return strcmp(a->name, b->name);
}

int main(void) {
    int n, points;
    scanf("%d", &n);
    struct team *t = malloc(n * sizeof *t);
    for (int i = 0; i < n; i++) {
        scanf("%10s %d %u", t[i].name, &points, &t[i].penalty);
        t[i].points = (unsigned)points;
    }
    qsort(t, n, sizeof *t, compare);
    for (int i = 0; i < n; i++)
        printf("%s\n", t[i].name);
    return 0;
}
