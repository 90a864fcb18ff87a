#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct team {
    char name[11];
    int points, penalty;
};

static int compare(const void *x, const void *y) {
    const struct team *a = x, *b = y;
    if (a->points != b->points)
        return a->points > b->points ? -1 : 1;
    if (a->penalty != b->penalty)
        return a->penalty < b->penalty ? -1 : 1;
    return strcmp(a->name, b->name);
}

static struct team teams[2000];

int main(void) {
    int n;
    scanf("%d", &n);
    for (int i = 0; i < n; i++)
        scanf("%10s %d %d", teams[i].name, &teams[i].points, &teams[i].penalty);
    qsort(teams, n, sizeof teams[0], compare);
    for (int i = 0; i < n; i++)
        puts(teams[i].name);
    return 0;
}
