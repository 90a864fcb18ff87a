#include <bits/stdc++.h>
int main() {
    std::vector<int> v;
    for (int x; std::cin >> x;) v.push_back(x);
    std::sort(v.begin(), v.end());
    for (int x : v) std::cout << x << ' ';
}
