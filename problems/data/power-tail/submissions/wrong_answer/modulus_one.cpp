#include <bits/stdc++.h>
using namespace std;

int main() {
    long long a, b, m;
    cin >> a >> b >> m;
    long long result = 1;
    for (; b > 0; b /= 2) {
        if (b % 2) result = result * (a % m) % m;
        a = (a % m) * (a % m) % m;
    }
    cout << result << "\n";
}
