// The pieces of a rope of length x cut into j are x / j long: take the k-th longest of all.
#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    scanf("%d %d", &n, &k);
    priority_queue<tuple<double, int, int>> next;
    for (int i = 0; i < n; i++) {
        int x;
        scanf("%d", &x);
        next.emplace(x, x, 1);
    }
    double length = 0;
    while (k--) {
        auto [best, x, parts] = next.top();
        next.pop();
        length = best;
        next.emplace(double(x) / (parts + 1), x, parts + 1);
    }
    printf("%.10g\n", length);
}
