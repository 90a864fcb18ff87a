#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char name[11];
    long long points, penalty;
} Team;

static int compare(const void *x, const void *y) {
    const Team *a = x, *b = y;
    if (a->points != b->points)
        return a->points > b->points ? -1 : 1;
    if (a->penalty != b->penalty)
        return a->penalty < b->penalty ? -1 : 1;
    return strcmp(a->name, b->name);
}

int main(void) {
    Team teams[200];
    int n;
    scanf("%d", &n);
    if (n > 200)
        return 1;
    for (int i = 0; i < n; i++)
        scanf("%10s %lld %lld", teams[i].name, &teams[i].points, &teams[i].penalty);
    qsort(teams, n, sizeof(Team), compare);
    for (int i = 0; i < n; i++)
        printf("%s\n", teams[i].name);
    return 0;
}
