#include <bits/stdc++.h>
using namespace std;

int main() {
    unsigned long long a, b, m;
    cin >> a >> b >> m;
    unsigned long long result = 1;
    while (b > 0) {
        if (b & 1) result *= a;
        a *= a;
        b >>= 1;
    }
    cout << result % m << endl;
}
