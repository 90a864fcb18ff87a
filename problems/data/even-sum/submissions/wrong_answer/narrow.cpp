#include <iostream>
using namespace std;

int main() {
    int x;
    int sum = 0;
    while (cin >> x) {
        if (x % 2 == 0) sum += x;
    }
    cout << sum << "\n";
}
