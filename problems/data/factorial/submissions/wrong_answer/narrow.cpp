#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    unsigned product = 1;
    for (int i = 2; i <= n; i++) product *= i;
    cout << product << endl;
}
