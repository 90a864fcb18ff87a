// testlib: a generator's options: `-n 10`, `-n=10`, `-n10`, `--tree-only`, and arguments by their place.
#pragma once

struct TestlibOpt {
    std::string value;
    bool used = false;
};
std::vector<std::string> __testlib_argv;
std::map<std::string, TestlibOpt> __testlib_opts;
// Options that nobody asked for are an error once a program allows for their absence.
bool __testlib_ensureNoUnusedOptsFlag = false;
bool __testlib_ensureNoUnusedOptsSuppressed = false;

namespace __testlib {

// Returns the number of dashes before an option's name, 0 if this is none.
inline size_t dashes(const std::string &argument) {
    for (size_t count = 1; count <= 2 && argument[0] == '-'; count++) {
        if (argument.length() > 1 && std::isalpha((unsigned char)argument[count]))
            return count;
        if (argument.length() < 2 || argument[1] != '-')
            return 0;
    }
    return 0;
}

inline void prepare_options(int argc, char *argv[]) {
    if (argc <= 0)
        __testlib_fail("Opts: expected argc>=0 but found " + vtos(argc));
    __testlib_argv.assign(argv, argv + argc);
    __testlib_opts.clear();
    const std::vector<std::string> &all = __testlib_argv;
    for (size_t i = 1; i < all.size(); i++) {
        if (dashes(all[i]) == 0)
            continue;
        std::string name = all[i].substr(dashes(all[i])), value = "true";
        size_t sign = name.find('=');
        if (sign != std::string::npos) {
            value = name.substr(sign + 1);
            name.resize(sign);
        } else if (i + 1 < all.size() && dashes(all[i + 1]) == 0) {
            value = all[++i];
        } else if (name.length() > 1 && is_digit(name[1])) {
            value = name.substr(1);
            name.resize(1);
        }
        __testlib_opts[name].value = value;
    }
}

inline const std::string &option(int index) {
    if (index < 0 || index >= int(__testlib_argv.size()))
        __testlib_fail("Opts: index '" + vtos(index) + "' is out of range [0," + vtos(__testlib_argv.size()) + ")");
    return __testlib_argv[size_t(index)];
}
inline const std::string &option(const std::string &key) {
    auto found = __testlib_opts.find(key);
    if (found == __testlib_opts.end())
        __testlib_fail("Opts: unknown key '" + compress(key) + "'");
    found->second.used = true;
    return found->second.value;
}

NORETURN inline void refuse_option(const std::string &what, const std::string &found) {
    __testlib_fail("Opts: " + what + " but '" + compress(found) + "' found");
}

inline std::string plain_number(const std::string &text);

template <typename T>
T integer_option(const std::string &text) {
    std::string number = plain_number(text);
    bool is_negative = !number.empty() && number[0] == '-';
    if (is_negative && std::is_unsigned<T>::value)
        refuse_option("expected non-negative integer", text);
    if (number.empty() || (number.length() > is_negative && !are_digits(number, is_negative)))
        refuse_option("expected integer", text);
    // The largest distance from zero on that side.
    const unsigned long long limit = (unsigned long long)std::numeric_limits<T>::max() + is_negative;
    unsigned long long distance = 0;
    for (size_t i = is_negative; i < number.length(); i++) {
        unsigned digit = number[i] - '0';
        if (digit > limit || distance > (limit - digit) / 10)
            refuse_option("integer overflow: expected integer", text);
        distance = distance * 10 + digit;
    }
    return T(is_negative ? 0 - distance : distance);
}

inline long double real_option(const std::string &text) {
    std::string number = plain_number(text);
    bool is_negative = !number.empty() && number[0] == '-';
    size_t point = number.find('.', is_negative);
    std::string digits = number.substr(is_negative);
    if (point != std::string::npos)
        digits.erase(point - is_negative, 1);
    if (number.empty() || (!digits.empty() && !are_digits(digits)))
        refuse_option("expected float number", text);
    long double value = 0, place = 1;
    for (size_t i = is_negative; i < number.length(); i++) {
        if (i == point)
            continue;
        if (i < point)
            value = value * 10 + (number[i] - '0');
        else
            value += (number[i] - '0') / (place *= 10);
    }
    return is_negative ? -value : value;
}

// Writes out a number with an exponent, `1.5e3`, as `1500`.
inline std::string plain_number(const std::string &text) {
    const char *what = "expected typical exponential notation";
    size_t sign = text.find_first_of("eE");
    if (sign == std::string::npos)
        return text;
    auto unsigned_part = [&](std::string part) {
        return part.empty() || part[0] != '+' ? part : part.substr(1);
    };
    std::string exponent = unsigned_part(text.substr(sign + 1));
    if (text.find_first_of("eE", sign + 1) != std::string::npos || exponent.empty() || exponent.length() > 20)
        refuse_option(what, text);
    int shift = integer_option<int>(exponent);
    if (sign > 20)
        refuse_option(what, text);
    std::string number = unsigned_part(text.substr(0, sign));
    real_option(number);

    bool is_negative = number[0] == '-';
    std::string digits = number.substr(is_negative);
    long long point = (long long)std::min(digits.find('.'), digits.length()) + shift;
    digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
    if (point < 0)
        digits.insert(0, size_t(-point), '0');
    point = std::max(point, 0LL);
    if (digits.length() < size_t(point))
        digits.resize(size_t(point), '0');
    std::string whole = digits.substr(0, size_t(point)), fraction = digits.substr(size_t(point));
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.length()));
    fraction.resize(fraction.find_last_not_of('0') + 1);
    return (is_negative ? "-" : "") + (whole.empty() ? "0" : whole) + (fraction.empty() ? "" : "." + fraction);
}

// What a value is made of: its kind says how a text is read.
template <typename T, bool IsInteger = std::is_integral<T>::value>
struct Option {
    template <typename Key>
    static T of(const Key &key) {
        return integer_option<T>(option(key));
    }
};
template <typename T>
struct Option<T, false> {
    template <typename Key>
    static T of(const Key &key) {
        return T(real_option(option(key)));
    }
};
template <>
struct Option<std::string, false> {
    template <typename Key>
    static std::string of(const Key &key) {
        return option(key);
    }
};
template <>
struct Option<bool, true> {
    static bool read(const std::string &value, const std::string &where) {
        if (value != "true" && value != "1" && value != "false" && value != "0")
            refuse_option(where + ": expected bool true/false or 0/1", value);
        return value == "true" || value == "1";
    }
    static bool of(int index) { return read(option(index), "opt by index '" + vtos(index) + "'"); }
    static bool of(const std::string &key) {
        __testlib_ensureNoUnusedOptsFlag = true;
        return __testlib_opts.count(key) && read(option(key), "key '" + compress(key) + "'");
    }
};

} // namespace __testlib

inline bool has_opt(const std::string &key) {
    __testlib_ensureNoUnusedOptsFlag = true;
    return __testlib_opts.count(key) != 0;
}

template <typename T>
T opt(int index) {
    return __testlib::Option<T>::of(index);
}
template <typename T>
T opt(int index, const T &absent) {
    return index >= int(__testlib_argv.size()) ? absent : opt<T>(index);
}
template <typename T>
T opt(const std::string &key) {
    return __testlib::Option<T>::of(key);
}
template <typename T>
T opt(const std::string &key, const T &absent) {
    return has_opt(key) ? opt<T>(key) : absent;
}
inline std::string opt(int index) { return opt<std::string>(index); }
inline std::string opt(int index, const std::string &absent) { return opt<std::string>(index, absent); }
inline std::string opt(const std::string &key) { return opt<std::string>(key); }
inline std::string opt(const std::string &key, const std::string &absent) { return opt<std::string>(key, absent); }

inline void ensureNoUnusedOpts() {
    for (const auto &it : __testlib_opts)
        if (!it.second.used)
            __testlib_fail("Opts: unused key '" + compress(it.first) + "'");
}
inline void suppressEnsureNoUnusedOpts() { __testlib_ensureNoUnusedOptsSuppressed = true; }

inline void TestlibFinalizeGuard::autoEnsureNoUnusedOpts() {
    if (__testlib_ensureNoUnusedOptsFlag && !__testlib_ensureNoUnusedOptsSuppressed)
        ensureNoUnusedOpts();
}
