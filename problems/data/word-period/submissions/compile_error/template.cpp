#include <bits/stdc++.h>
using namespace std;

int main() {
    string s;
    cin >> s;
    vector<int> border(s.size());
    sort(border);
    border.push(s);
    cout << border[0] << endl;
}
