#include <bits/stdc++.h>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<int> order(n);
    iota(order.begin(), order.end(), 0);
    long long count = 0;
    do count++;
    while (next_permutation(order.begin(), order.end()));
    cout << count << endl;
}
