#include <iostream>
#include <vector>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<long long> l(n), r(n);
    long long total = 0;
    for (int i = 0; i < n; i++) {
        cin >> l[i] >> r[i];
        total += r[i] - l[i];
        for (int j = 0; j < i; j++) {
            long long both = min(r[i], r[j]) - max(l[i], l[j]);
            if (both > 0) total -= both;
        }
    }
    cout << total << "\n";
}
