#include <bits/stdc++.h>
using namespace std;

int main() {
    int best = 0, x;
    while (cin >> x) best = max(best, x);
    cout << best << endl;
}
