#include <limits.h>
#include <stdio.h>

static int parent[50001], degree[50001], ready[50001];
static unsigned value[50001];
static int below[50001];

int main(void) {
    int n, count = 0;
    scanf("%d", &n);
    for (int v = 1; v <= n; v++) {
        int x;
        scanf("%d", &x);
        value[v] = (unsigned)x;
        below[v] = INT_MIN;
    }
    for (int v = 2; v <= n; v++) {
        scanf("%d", &parent[v]);
        degree[parent[v]]++;
    }
    for (int v = 1; v <= n; v++)
        if (degree[v] == 0) {
            ready[count++] = v;
            below[v] = 0;
        }
    for (int i = 0; i < count; i++) {
        int v = ready[i], p = parent[v];
        int sum = (int)((unsigned)below[v] + value[v]);
        if (v == 1)
            printf("%d\n", sum);
        if (sum > below[p])
            below[p] = sum;
        if (--degree[p] == 0 && p > 0)
            ready[count++] = p;
    }
    return 0;
}
