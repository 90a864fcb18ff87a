int main(void) {
    unsigned long long a, b, m, r = 1;
    FILE *in = stdin;
    fscanf(in, "%llu %llu %llu", &a, &b, &m);
    for (; b; b /= 2, a = a * a % m)
        if (b % 2)
            r = r * a % m;
    printf("%llu\n", r % m);
    return 0;
}
