#include <bits/stdc++.h>
using namespace std;

int main() {
    string s;
    getline(cin, s);
    vector<char> room(50);
    for (size_t i = 0; i < s.size(); i++) room.at(i) = s[i];
    for (size_t i = s.size(); i > 0; i--) cout << room.at(i - 1);
    cout << endl;
}
