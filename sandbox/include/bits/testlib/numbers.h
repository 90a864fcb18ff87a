// testlib: comparing floating-point numbers.
#pragma once

template <typename T>
inline T __testlib_abs(const T &x) {
    return x > 0 ? x : -x;
}
template <typename T>
inline T __testlib_min(const T &a, const T &b) {
    return a < b ? a : b;
}
template <typename T>
inline T __testlib_max(const T &a, const T &b) {
    return a > b ? a : b;
}

// Moves a value into [a, b).
template <typename T>
inline T __testlib_crop(T value, T a, T b) {
    return __testlib_min(__testlib_max(value, a), --b);
}
inline double __testlib_crop(double value, double a, double b) {
    value = __testlib_min(__testlib_max(value, a), b);
    return value >= b ? std::nextafter(b, a) : value;
}

inline bool __testlib_isNaN(double x) { return x != x; }
inline bool __testlib_isInfinite(double x) { return x > 1E300 || x < -1E300; }

// Returns true if two numbers differ by no more than so much, absolutely or relatively.
inline bool doubleCompare(double expected, double result, double max_error) {
    max_error += 1E-15;
    if (__testlib_isNaN(expected) || __testlib_isNaN(result))
        return __testlib_isNaN(expected) && __testlib_isNaN(result);
    if (__testlib_isInfinite(expected))
        return __testlib_isInfinite(result) && (expected > 0) == (result > 0);
    if (__testlib_isInfinite(result))
        return false;
    if (__testlib_abs(result - expected) <= max_error)
        return true;
    double a = expected * (1.0 - max_error), b = expected * (1.0 + max_error);
    return result >= __testlib_min(a, b) && result <= __testlib_max(a, b);
}

// Returns the smaller one of the absolute and the relative difference.
inline double doubleDelta(double expected, double result) {
    double absolute = __testlib_abs(result - expected);
    if (__testlib_abs(expected) > 1E-9)
        return __testlib_min(absolute, __testlib_abs(absolute / expected));
    return absolute;
}
