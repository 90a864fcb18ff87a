#include <bits/stdc++.h>
using namespace std;

int main() {
    string s;
    cin >> s;
    int n = s.size();
    for (int p = 1; p <= n; p++) {
        bool good = true;
        for (int i = 0; i < n && good; i++)
            if (s[i] != s[i % p]) good = false;
        if (good && n % p == 0) {
            cout << p << endl;
            return 0;
        }
    }
}
