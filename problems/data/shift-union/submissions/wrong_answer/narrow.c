#include <stdio.h>
#include <stdlib.h>

struct shift {
    int l, r;
};

static struct shift s[5000];

static int compare(const void *x, const void *y) {
    const struct shift *a = x, *b = y;
    return (a->l > b->l) - (a->l < b->l);
}

int main(void) {
    int n;
    scanf("%d", &n);
    for (int i = 0; i < n; i++)
        scanf("%d %d", &s[i].l, &s[i].r);
    qsort(s, n, sizeof s[0], compare);
    unsigned total = s[0].r - (unsigned)s[0].l;
    int end = s[0].r;
    for (int i = 1; i < n; i++) {
        if (s[i].l > end)
            total += s[i].r - (unsigned)s[i].l;
        else if (s[i].r > end)
            total += s[i].r - (unsigned)end;
        if (s[i].r > end)
            end = s[i].r;
    }
    printf("%d\n", (int)total);
    return 0;
}
