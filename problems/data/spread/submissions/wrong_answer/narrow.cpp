#include <iostream>
int main() {
    int low, high, x;
    std::cin >> low;
    high = low;
    while (std::cin >> x) {
        low = std::min(low, x);
        high = std::max(high, x);
    }
    std::cout << (int)((unsigned)high - (unsigned)low) << '\n';
}
