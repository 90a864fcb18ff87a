#include <cstdio>

int main() {
    int n;
    scanf("%d", &n);
    float product = 1;
    for (int i = 1; i <= n; i++) product *= i;
    printf("%.0f\n", product);
}
