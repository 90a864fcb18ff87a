#include <stdio.h>
#include <stdlib.h>

struct node {
    long long value;
    struct node *parent;
};

int main(void) {
    int n;
    scanf("%d", &n);
    struct node *nodes = malloc((n + 1) * sizeof *nodes);
    for (int v = 1; v <= n; v++)
        scanf("%lld", &nodes[v]->value);
    printf("%lld\n", nodes[1].value);
    free(nodes);
    return 0;
}
