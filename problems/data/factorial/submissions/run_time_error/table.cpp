#include <bits/stdc++.h>
using namespace std;

int main() {
    vector<long long> table(13, 1);
    for (int i = 1; i < 13; i++) table[i] = table[i - 1] * i;
    int n;
    cin >> n;
    cout << table.at(n) << endl;
}
