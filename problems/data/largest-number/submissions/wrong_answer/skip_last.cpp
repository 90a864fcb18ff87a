#include <iostream>
#include <vector>
using namespace std;

int main() {
    vector<long long> a;
    long long x;
    while (cin >> x) a.push_back(x);
    size_t best = 0;
    for (size_t i = 0; i + 1 < a.size(); i++)
        if (a[i] > a[best]) best = i;
    cout << a[best] << "\n";
}
