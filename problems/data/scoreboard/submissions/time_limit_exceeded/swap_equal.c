#include <stdio.h>

struct team {
    char name[11];
    int points, penalty;
};

static struct team t[2000];

int main(void) {
    int n, swapped = 1;
    scanf("%d", &n);
    for (int i = 0; i < n; i++)
        scanf("%10s %d %d", t[i].name, &t[i].points, &t[i].penalty);
    while (swapped) {
        swapped = 0;
        for (int i = 0; i + 1 < n; i++) {
            struct team *a = &t[i], *b = &t[i + 1];
            int wrong = a->points < b->points;
            if (a->points == b->points)
                wrong = a->penalty > b->penalty;
            if (a->points == b->points && a->penalty == b->penalty)
                wrong = a->name[0] >= b->name[0];
            if (wrong) {
                struct team c = *a;
                *a = *b;
                *b = c;
                swapped = 1;
            }
        }
    }
    for (int i = 0; i < n; i++)
        puts(t[i].name);
    return 0;
}
