#include <bits/stdc++.h>
using namespace std;

int main() {
    long long a, b, m;
    cin >> a >> b >> m;
    long long result = 1 % m;
    for (long long i = 0; i < b; i++) result = result * (a % m) % m;
    cout << result << endl;
}
