#include <bits/stdc++.h>
using namespace std;

int main() {
    vector<long long> a(100);
    int n = 0;
    long long x;
    while (cin >> x) a.at(n++) = x;
    long long sum = 0;
    for (int i = 0; i < n; i++)
        if (a[i] % 2 == 0) sum += a[i];
    cout << sum << "\n";
}
