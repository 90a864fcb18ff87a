// Names that GNU's standard library has and LLVM's has not, as far as submissions use them.
#pragma once

#include <numeric>

namespace std {

// LLVM's own `__gcd` takes unsigned types only; these are chosen before it. Euclid's way, signs included.
template <class T> inline T __riddle_gcd(T a, T b) {
    while (b != 0) {
        T rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}
inline int __gcd(int a, int b) { return __riddle_gcd(a, b); }
inline long __gcd(long a, long b) { return __riddle_gcd(a, b); }
inline long long __gcd(long long a, long long b) { return __riddle_gcd(a, b); }
inline __int128 __gcd(__int128 a, __int128 b) { return __riddle_gcd(a, b); }

// The position of the highest set bit.
inline constexpr int __lg(int n) { return 31 - __builtin_clz(static_cast<unsigned>(n)); }
inline constexpr unsigned __lg(unsigned n) { return 31 - __builtin_clz(n); }
inline constexpr long __lg(long n) { return 31 - __builtin_clzl(static_cast<unsigned long>(n)); }
inline constexpr unsigned long __lg(unsigned long n) { return 31 - __builtin_clzl(n); }
inline constexpr long long __lg(long long n) {
    return 63 - __builtin_clzll(static_cast<unsigned long long>(n));
}
inline constexpr unsigned long long __lg(unsigned long long n) { return 63 - __builtin_clzll(n); }

} // namespace std
