#include <bits/stdc++.h>
using namespace std;

int main() {
    string s;
    cin >> s;
    size_t n = s.size(), p = 1;
    while (true) {
        bool good = n % p == 0;
        for (size_t i = 0; good && i < n; i += p) good = s.compare(0, p, s, i, p) == 0;
        if (good) break;
        p++;
        // A longer word must begin again where the last one ended.
        while (s.at(p) != s.at(0)) p++;
    }
    cout << p << endl;
}
