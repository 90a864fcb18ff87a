#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    int64_t time;
    int change;
} Event;

static int by_time(const void *x, const void *y) {
    const Event *a = x, *b = y;
    return (a->time > b->time) - (a->time < b->time);
}

static Event events[10000];

int main(void) {
    int n, count = 0;
    scanf("%d", &n);
    for (int i = 0; i < n; i++) {
        long long l, r;
        scanf("%lld %lld", &l, &r);
        events[count++] = (Event){l, 1};
        events[count++] = (Event){r, -1};
    }
    qsort(events, count, sizeof(Event), by_time);
    int64_t total = 0;
    int open = 0;
    for (int i = 0; i < count; i++) {
        if (open > 0)
            total += events[i].time - events[i - 1].time;
        open += events[i].change;
    }
    printf("%lld\n", (long long)total);
    return 0;
}
