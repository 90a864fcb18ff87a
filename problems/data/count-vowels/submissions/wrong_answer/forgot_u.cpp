#include <iostream>
#include <string>
using namespace std;

int main() {
    string line;
    getline(cin, line);
    int total = 0;
    for (char c : line) {
        c = tolower(c);
        total += c == 'a' || c == 'e' || c == 'i' || c == 'o';
    }
    cout << total << "\n";
}
