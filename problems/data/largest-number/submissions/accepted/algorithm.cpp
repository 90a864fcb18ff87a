#include <bits/stdc++.h>
using namespace std;

int main() {
    vector<int> a;
    for (int x; cin >> x;) a.push_back(x);
    cout << *max_element(a.begin(), a.end()) << "\n";
}
