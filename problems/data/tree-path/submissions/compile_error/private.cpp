#include <bits/stdc++.h>
using namespace std;

class Tree {
    vector<long long> value;

    long long best(int v) { return value[v]; }
};

int main() {
    int n;
    cin >> n;
    Tree tree;
    tree.value.resize(n + 1);
    cout << tree.best(1) << endl;
}
