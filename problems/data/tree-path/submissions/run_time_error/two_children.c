#include <stdio.h>
#include <stdlib.h>

static int left[50001], right[50001], stack[50001];
static long long value[50001];

int main(void) {
    int n, p, top = 0;
    scanf("%d", &n);
    for (int v = 1; v <= n; v++)
        scanf("%lld", &value[v]);
    for (int v = 2; v <= n; v++) {
        scanf("%d", &p);
        if (!left[p])
            left[p] = v;
        else if (!right[p])
            right[p] = v;
        else
            abort();
    }
    long long best = 0;
    int any = 0;
    stack[top++] = 1;
    while (top > 0) {
        int v = stack[--top];
        if (!left[v] && (!any || value[v] > best)) {
            best = value[v];
            any = 1;
        }
        if (left[v]) {
            value[left[v]] += value[v];
            stack[top++] = left[v];
        }
        if (right[v]) {
            value[right[v]] += value[v];
            stack[top++] = right[v];
        }
    }
    printf("%lld\n", best);
    return 0;
}
