#include <bits/stdc++.h>
using namespace std;

int main() {
    string word;
    vector<int> seen(26);
    while (cin >> word)
        for (char c : word) seen.at(c - 'a')++;
    cout << seen[0] + seen['e' - 'a'] + seen['i' - 'a'] + seen['o' - 'a'] + seen['u' - 'a'] << endl;
}
