#include <limits.h>
#include <stdio.h>

#define MAX_NODES 50001

static int parent[MAX_NODES], open_children[MAX_NODES], ready[MAX_NODES];
static long long value[MAX_NODES], below[MAX_NODES];

/* Takes leaves off, one after the other, and hands their sums to their parents. */
int main(void) {
    int n, count = 0;
    scanf("%d", &n);
    for (int v = 1; v <= n; v++) {
        scanf("%lld", &value[v]);
        below[v] = LLONG_MIN;
    }
    for (int v = 2; v <= n; v++) {
        scanf("%d", &parent[v]);
        open_children[parent[v]]++;
    }
    for (int v = 1; v <= n; v++)
        if (open_children[v] == 0) {
            ready[count++] = v;
            below[v] = 0;
        }
    for (int i = 0; i < count; i++) {
        int v = ready[i], p = parent[v];
        long long sum = below[v] + value[v];
        if (v == 1) {
            printf("%lld\n", sum);
            break;
        }
        if (sum > below[p])
            below[p] = sum;
        if (--open_children[p] == 0)
            ready[count++] = p;
    }
    return 0;
}
