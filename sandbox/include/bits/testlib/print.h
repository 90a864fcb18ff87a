// testlib: `println`: values, collections and ranges on one line, with a space between them.
#pragma once

namespace __testlib {

template <typename T>
struct IsCollection {
    template <typename U>
    static std::true_type test(typename U::iterator *);
    template <typename U>
    static std::false_type test(...);
    static const bool value = decltype(test<T>(nullptr))::value && !std::is_same<T, std::string>::value;
};
template <typename T>
struct IsIterator {
    template <typename U>
    static std::true_type test(typename U::iterator_category *);
    template <typename U>
    static std::false_type test(...);
    static const bool value = decltype(test<T>(nullptr))::value || std::is_pointer<T>::value;
};

template <typename T>
typename std::enable_if<!IsCollection<T>::value>::type print(const T &value) {
    std::cout << value;
}
template <typename T>
typename std::enable_if<IsCollection<T>::value>::type print(const T &values) {
    for (auto it = values.begin(); it != values.end(); it++) {
        if (it != values.begin())
            std::cout << ' ';
        std::cout << *it;
    }
}

template <typename A, typename B>
void print_range(A begin, B end) {
    for (B it = B(begin); it != end; it++) {
        if (it != B(begin))
            std::cout << ' ';
        print(*it);
    }
    std::cout << std::endl;
}

inline void print_all() { std::cout << std::endl; }
template <typename A, typename... Rest>
void print_all(const A &a, const Rest &...rest) {
    print(a);
    if (sizeof...(rest) > 0)
        std::cout << ' ';
    print_all(rest...);
}

} // namespace __testlib

template <typename T>
void println(const T &value) {
    __testlib::print_all(value);
}
template <typename A, typename B>
typename std::enable_if<!__testlib::IsIterator<B>::value>::type println(const A &a, const B &b) {
    __testlib::print_all(a, b);
}
template <typename A, typename B>
typename std::enable_if<__testlib::IsIterator<B>::value>::type println(const A &begin, const B &end) {
    __testlib::print_range(begin, end);
}
template <typename A>
void println(const A *begin, const A *end) {
    __testlib::print_range(begin, end);
}
template <>
inline void println<char>(const char *a, const char *b) {
    __testlib::print_all(a, b);
}
template <typename A, typename B, typename C, typename... Rest>
void println(const A &a, const B &b, const C &c, const Rest &...rest) {
    __testlib::print_all(a, b, c, rest...);
}
