// testlib: texts of values, and what is done with texts.
#pragma once

namespace __testlib {

// Returns what `printf` would print.
inline std::string formatted(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = std::vsnprintf(nullptr, 0, format, again);
    va_end(again);
    std::vector<char> text(length > 0 ? size_t(length) + 1 : 1);
    std::vsnprintf(text.data(), text.size(), format, arguments);
    return text.data();
}

} // namespace __testlib

// Declares a text made of a format, in a function whose last named argument is `last`.
#define FMT_TO_RESULT(last, format, result)                                                                            \
    std::string result;                                                                                                \
    {                                                                                                                  \
        va_list __testlib_arguments;                                                                                   \
        va_start(__testlib_arguments, last);                                                                           \
        result = __testlib::formatted(format, __testlib_arguments);                                                    \
        va_end(__testlib_arguments);                                                                                   \
    }

__TESTLIB_FORMAT(1, 2) inline std::string testlib_format_(const char *format, ...) {
    FMT_TO_RESULT(format, format, text)
    return text;
}
inline std::string testlib_format_(const std::string format, ...) {
    FMT_TO_RESULT(format, format.c_str(), text)
    return text;
}

#if __cplusplus >= 202002L
// `std::format` must not be the better match.
template <typename... Arguments>
std::string format(const char *format, Arguments &&...arguments) {
    std::vector<char> text(size_t(std::snprintf(nullptr, 0, format, arguments...) + 1));
    std::snprintf(text.data(), text.size(), format, arguments...);
    return text.data();
}
template <typename... Arguments>
std::string format(const std::string text, Arguments &&...arguments) {
    return ::format(text.c_str(), arguments...);
}
#else
__TESTLIB_FORMAT(1, 2) inline std::string format(const char *format, ...) {
    FMT_TO_RESULT(format, format, text)
    return text;
}
inline std::string format(const std::string format, ...) {
    FMT_TO_RESULT(format, format.c_str(), text)
    return text;
}
#endif

namespace __testlib {

// Digits of a number: also of a character, of a truth value, of the longest integers.
template <typename T>
std::string text_of(T number, std::true_type) {
    std::string digits;
    bool is_negative = number < 0;
    do {
        int digit = int(number % 10);
        digits += char('0' + (digit < 0 ? -digit : digit));
        number = T(number / 10);
    } while (number != 0);
    if (is_negative)
        digits += '-';
    return std::string(digits.rbegin(), digits.rend());
}

// The first word of what a stream would print.
template <typename T>
std::string text_of(const T &value, std::false_type) {
    std::stringstream stream;
    std::string word;
    stream << value;
    stream >> word;
    return word;
}

} // namespace __testlib

template <typename T>
std::string vtos(const T &value) {
    return __testlib::text_of(value, std::is_integral<T>());
}

template <typename T>
std::string toString(const T &value) {
    return vtos(value);
}

// As `vtos`, with seven zeros and more as a power of ten.
template <typename T>
std::string toHumanReadableString(const T &number) {
    std::string text = vtos(number);
    size_t last = text.find_last_not_of('0');
    size_t zeros = last == std::string::npos ? 0 : text.length() - last - 1;
    if (zeros < 7)
        return text;
    std::string factor = text.substr(0, last + 1), power = "10^" + vtos(zeros);
    return factor == "1" ? power : factor == "-1" ? "-" + power : factor + "*" + power;
}

inline std::string upperCase(std::string text) {
    for (char &c : text)
        if ('a' <= c && c <= 'z')
            c = char(c - 'a' + 'A');
    return text;
}

inline std::string lowerCase(std::string text) {
    for (char &c : text)
        if ('A' <= c && c <= 'Z')
            c = char(c - 'A' + 'a');
    return text;
}

template <typename C>
inline bool isEof(C c) {
    return c == EOFC;
}
template <typename C>
inline bool isEoln(C c) {
    return c == LF || c == CR;
}
template <typename C>
inline bool isBlanks(C c) {
    return c == LF || c == CR || c == SPACE || c == TAB;
}

inline std::string trim(const std::string &text) {
    const char *blanks = "\n\r \t";
    size_t first = text.find_first_not_of(blanks);
    if (first == std::string::npos)
        return "";
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Returns what messages show of a text: its ends, if it is long.
inline std::string __testlib_part(std::string text) {
    std::replace(text.begin(), text.end(), '\0', '~');
    if (text.length() <= 64)
        return text;
    return text.substr(0, 30) + "..." + text.substr(text.length() - 31);
}
inline std::string compress(const std::string &text) { return __testlib_part(text); }

inline std::string removeDoubleTrailingZeroes(std::string number) {
    if (number.find('.') != std::string::npos)
        while (number.back() == '0')
            number.pop_back();
    if (!number.empty() && number.back() == '.')
        number += '0';
    return number;
}

// Returns the end of an ordinal: 1st, 2nd, 3rd, 4th, 11th.
inline std::string englishEnding(int number) {
    number %= 100;
    if (number / 10 != 1) {
        if (number % 10 == 1)
            return "st";
        if (number % 10 == 2)
            return "nd";
        if (number % 10 == 3)
            return "rd";
    }
    return "th";
}

template <typename Iterator, typename Separator>
std::string join(Iterator first, Iterator last, Separator separator) {
    std::stringstream stream;
    for (Iterator it = first; it != last; it++) {
        if (it != first)
            stream << separator;
        stream << *it;
    }
    return stream.str();
}
template <typename Iterator>
std::string join(Iterator first, Iterator last) {
    return join(first, last, ' ');
}
template <typename Collection, typename Separator>
std::string join(const Collection &collection, Separator separator) {
    return join(collection.begin(), collection.end(), separator);
}
template <typename Collection>
std::string join(const Collection &collection) {
    return join(collection, ' ');
}

// Returns what lies between separators: one item more than there are separators.
inline std::vector<std::string> split(const std::string &text, const std::string &separators) {
    std::vector<std::string> items;
    size_t from = 0;
    for (size_t to; (to = text.find_first_of(separators, from)) != std::string::npos; from = to + 1)
        items.push_back(text.substr(from, to - from));
    items.push_back(text.substr(from));
    return items;
}
inline std::vector<std::string> split(const std::string &text, char separator) {
    return split(text, std::string(1, separator));
}

// As `split`, without empty items.
inline std::vector<std::string> tokenize(const std::string &text, const std::string &separators) {
    if (separators.empty())
        return {text};
    std::vector<std::string> items = split(text, separators);
    items.erase(std::remove(items.begin(), items.end(), std::string()), items.end());
    return items;
}
inline std::vector<std::string> tokenize(const std::string &text, char separator) {
    return tokenize(text, std::string(1, separator));
}
