#include <bits/stdc++.h>
using namespace std;

int main() {
    string s;
    getline(cin, s);
    revert(s.begin(), s.end());
    cout << s << endl;
}
