#include <iostream>
int main() {
    unsigned a, b;
    std::cin >> a >> b;
    std::cout << (int)(a + b) << '\n';
}
