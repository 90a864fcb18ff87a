#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, k;
    cin >> n >> k;
    vector<int> seen(k);
    seen[0] = 1;
    uint32_t total = 0;
    long long answer = 0;
    for (int i = 0; i < n; i++) {
        int x;
        cin >> x;
        total += uint32_t(x);
        int rest = int32_t(total) % k;
        if (rest < 0) rest += k;
        answer += seen[rest]++;
    }
    cout << answer << endl;
}
