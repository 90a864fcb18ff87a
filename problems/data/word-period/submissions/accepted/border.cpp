#include <bits/stdc++.h>
using namespace std;

int main() {
    string s;
    cin >> s;
    int n = s.size();
    vector<int> border(n);
    for (int i = 1, k = 0; i < n; i++) {
        while (k > 0 && s[i] != s[k]) k = border[k - 1];
        if (s[i] == s[k]) k++;
        border[i] = k;
    }
    int p = n - border[n - 1];
    cout << (n % p == 0 ? p : n) << endl;
}
