#include <bits/stdc++.h>
using namespace std;

int main() {
    int best = 0, x;
    while (cin >> x) best = max(best, x);
    if (best == 0) throw runtime_error("no positive number");
    cout << best << endl;
}
