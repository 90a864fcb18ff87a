// Climbs from each node to the first ancestor whose sum is known, then comes back.
#include <iostream>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    std::vector<long long> sum(n);
    std::vector<int> parent(n, -1);
    std::vector<char> known(n), inner(n);
    for (auto& x : sum) std::cin >> x;
    for (int v = 1; v < n; v++) {
        std::cin >> parent[v];
        inner[--parent[v]] = 1;
    }
    known[0] = 1;
    bool any = false;
    long long best = 0;
    std::vector<int> way;
    for (int v = 0; v < n; v++) {
        for (int u = v; !known[u]; u = parent[u]) way.push_back(u);
        while (!way.empty()) {
            int u = way.back();
            way.pop_back();
            sum[u] += sum[parent[u]];
            known[u] = 1;
        }
        if (!inner[v] && (!any || sum[v] > best)) {
            any = true;
            best = sum[v];
        }
    }
    std::cout << best << "\n";
}
