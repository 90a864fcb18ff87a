#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<long long> seen(k);
    auto add = [](long long rest) { return seen[rest]++; };
    long long sum = 0, answer = add(0);
    for (int i = 0, x; i < n; i++) {
        cin >> x;
        sum = ((sum + x) % k + k) % k;
        answer += add(sum);
    }
    cout << answer << endl;
}
