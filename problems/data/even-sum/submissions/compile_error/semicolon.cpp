#include <bits/stdc++.h>
using namespace std;

int main() {
    long long sum = 0, x
    while (cin >> x)
        if (x % 2 == 0) sum += x;
    cout << sum << endl;
}
