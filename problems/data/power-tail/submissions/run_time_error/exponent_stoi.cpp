#include <bits/stdc++.h>
using namespace std;

int main() {
    string sa, sb, sm;
    cin >> sa >> sb >> sm;
    long long a = stoi(sa), m = stoi(sm);
    int b = stoi(sb);
    long long result = 1 % m;
    for (a %= m; b; b /= 2, a = a * a % m)
        if (b % 2) result = result * a % m;
    cout << result << endl;
}
