#include <iostream>
#include <string>
int main() {
    int n = 0;
    for (std::string word; std::cin >> word;) ++n;
    std::cout << n << '\n';
}
