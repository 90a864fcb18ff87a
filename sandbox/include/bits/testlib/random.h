// testlib: random values, the same on every machine: a generator of 48 bits whose seed is the command line.
//
// Which overload draws how often and in which order is part of the interface: tests are made by it.
#pragma once

class random_t {
    static const unsigned long long MULTIPLIER = 0x5DEECE66D;
    static const unsigned long long ADDEND = 0xB;
    static const unsigned long long MASK = (1ULL << 48) - 1;
    static const unsigned long long FIRST_SEED = 3905348978240129619ULL;
    // The weight from which on values are computed and no longer drawn one by one.
    static const int HEAVY = 25;

    unsigned long long seed;

    long long nextBits(int bits) {
        if (bits > 48) {
            long long high = nextBits(31) << 32;
            return high ^ nextBits(version == 0 ? 31 : 32);
        }
        seed = (seed * MULTIPLIER + ADDEND) & MASK;
        return (long long)(seed >> (48 - bits));
    }

    template <typename T>
    T below(T n, long long largest, int bits) {
        const long long limit = largest / n * n;
        long long drawn;
        do
            drawn = nextBits(bits);
        while (drawn >= limit);
        return T(drawn % n);
    }

    static void check(bool holds, const char *where, const char *what) {
        if (!holds)
            __testlib_fail(std::string("random_t::") + where + ": " + what);
    }

    // Draws a value below `n` whose place in [0, 1) is the largest or smallest of many.
    double heavy(double n, int type) {
        double drawn = next();
        return n * (type > 0 ? std::pow(drawn, 1.0 / (type + 1)) : 1 - std::pow(drawn, 1.0 / (-type + 1)));
    }
    template <typename Draw, typename T>
    static T weighted(T drawn, int type, Draw draw) {
        for (int i = 0; i < type; i++)
            drawn = __testlib_max(drawn, draw());
        for (int i = 0; i < -type; i++)
            drawn = __testlib_min(drawn, draw());
        return drawn;
    }
    template <typename T>
    T weighted_below(T n, int type) {
        if (std::abs(type) >= HEAVY)
            return __testlib_crop(T(heavy(double(n), type)), T(0), n);
        return weighted(next(n), type, [&] { return next(n); });
    }

public:
    random_t() : seed(FIRST_SEED) {}

    // Which of the two generators; the older one, 0, draws 62 bits where 63 are asked for.
    static int version;

    void setSeed(int argc, char *argv[]) {
        seed = FIRST_SEED;
        for (int i = 1; i < argc; i++) {
            for (const char *c = argv[i]; *c != '\0'; c++)
                seed = seed * MULTIPLIER + (unsigned int)(*c) + ADDEND;
            seed += MULTIPLIER / ADDEND;
        }
        seed &= MASK;
    }
    void setSeed(long long value) { seed = ((unsigned long long)value ^ MULTIPLIER) & MASK; }

    // Random texts by a pattern.
    std::string next(const std::string &text) { return pattern(text).next(*this); }
    __TESTLIB_FORMAT(2, 3) std::string next(const char *format, ...) {
        FMT_TO_RESULT(format, format, text)
        return next(text);
    }

    // Random values in [0, n).
    int next(int n) {
        check(n > 0, "next(int n)", "n must be positive");
        if ((n & -n) == n)
            return int((n * nextBits(31)) >> 31);
        return below(n, INT_MAX, 31);
    }
    unsigned int next(unsigned int n) {
        check(n < INT_MAX, "next(unsigned int n)", "n must be less INT_MAX");
        return (unsigned int)next(int(n));
    }
    long long next(long long n) {
        check(n > 0, "next(long long n)", "n must be positive");
        return below(n, LLONG_MAX, 63);
    }
    unsigned long long next(unsigned long long n) {
        check(n < (unsigned long long)LLONG_MAX, "next(unsigned long long n)", "n must be less LONGLONG_MAX");
        return (unsigned long long)next((long long)n);
    }
    long next(long n) { return long(next((long long)n)); }
    unsigned long next(unsigned long n) {
        check(n < (unsigned long)LONG_MAX, "next(unsigned long n)", "n must be less LONG_MAX");
        return (unsigned long)next((unsigned long long)n);
    }

    // Random values in [from, to].
    int next(int from, int to) { return int(next((long long)to - from + 1) + from); }
    unsigned int next(unsigned int from, unsigned int to) {
        return (unsigned int)(next((long long)to - from + 1) + from);
    }
    long long next(long long from, long long to) { return next(to - from + 1) + from; }
    unsigned long long next(unsigned long long from, unsigned long long to) {
        check(from <= to, "next(unsigned long long from, unsigned long long to)", "from can't not exceed to");
        return next(to - from + 1) + from;
    }
    long next(long from, long to) { return next(to - from + 1) + from; }
    unsigned long next(unsigned long from, unsigned long to) {
        check(from <= to, "next(unsigned long from, unsigned long to)", "from can't not exceed to");
        return next(to - from + 1) + from;
    }

    // Random values in [0, 1), [0, n), [from, to).
    double next() {
        long long high = nextBits(26) << 27;
        return __testlib_crop(double(high + nextBits(27)) / double(1LL << 53), 0.0, 1.0);
    }
    double next(double n) {
        check(n > 0.0, "next(double)", "n should be positive");
        return __testlib_crop(n * next(), 0.0, n);
    }
    double next(double from, double to) {
        check(from < to, "next(double from, double to)", "from should be strictly less than to");
        return next(to - from) + from;
    }

    // As `next`, the largest of `type + 1` values or, if `type` is negative, the smallest.
    int wnext(int n, int type) {
        check(n > 0, "wnext(int n, int type)", "n must be positive");
        return weighted_below(n, type);
    }
    long long wnext(long long n, int type) {
        check(n > 0, "wnext(long long n, int type)", "n must be positive");
        return weighted_below(n, type);
    }
    double wnext(double n, int type) {
        check(n > 0, "wnext(double n, int type)", "n must be positive");
        if (std::abs(type) >= HEAVY)
            return __testlib_crop(heavy(n, type), 0.0, n);
        return n * weighted(next(), type, [&] { return next(); });
    }
    double wnext(int type) { return wnext(1.0, type); }
    unsigned int wnext(unsigned int n, int type) {
        check(n < INT_MAX, "wnext(unsigned int n, int type)", "n must be less INT_MAX");
        return (unsigned int)wnext(int(n), type);
    }
    unsigned long long wnext(unsigned long long n, int type) {
        check(n < (unsigned long long)LLONG_MAX, "wnext(unsigned long long n, int type)", "n must be less LONGLONG_MAX");
        return (unsigned long long)wnext((long long)n, type);
    }
    long wnext(long n, int type) { return long(wnext((long long)n, type)); }
    unsigned long wnext(unsigned long n, int type) {
        check(n < (unsigned long)LONG_MAX, "wnext(unsigned long n, int type)", "n must be less LONG_MAX");
        return (unsigned long)wnext((unsigned long long)n, type);
    }
    int wnext(int from, int to, int type) {
        check(from <= to, "wnext(int from, int to, int type)", "from can't not exceed to");
        return wnext(to - from + 1, type) + from;
    }
    int wnext(unsigned int from, unsigned int to, int type) {
        check(from <= to, "wnext(unsigned int from, unsigned int to, int type)", "from can't not exceed to");
        return int(wnext(to - from + 1, type) + from);
    }
    long long wnext(long long from, long long to, int type) {
        check(from <= to, "wnext(long long from, long long to, int type)", "from can't not exceed to");
        return wnext(to - from + 1, type) + from;
    }
    unsigned long long wnext(unsigned long long from, unsigned long long to, int type) {
        check(from <= to, "wnext(unsigned long long from, unsigned long long to, int type)",
              "from can't not exceed to");
        return wnext(to - from + 1, type) + from;
    }
    long wnext(long from, long to, int type) {
        check(from <= to, "wnext(long from, long to, int type)", "from can't not exceed to");
        return wnext(to - from + 1, type) + from;
    }
    unsigned long wnext(unsigned long from, unsigned long to, int type) {
        check(from <= to, "wnext(unsigned long from, unsigned long to, int type)", "from can't not exceed to");
        return wnext(to - from + 1, type) + from;
    }
    double wnext(double from, double to, int type) {
        check(from < to, "wnext(double from, double to, int type)", "from should be strictly less than to");
        return wnext(to - from, type) + from;
    }

    // Random elements.
    template <typename Container>
    typename Container::value_type any(const Container &c) {
        check(int(c.size()) > 0, "any(const Container& c)", "c.size() must be positive");
        return *std::next(c.begin(), next(int(c.size())));
    }
    template <typename Iter>
    typename Iter::value_type any(const Iter &begin, const Iter &end) {
        int size = int(std::distance(begin, end));
        check(size > 0, "any(const Iter& begin, const Iter& end)", "range must have positive length");
        return *std::next(begin, next(size));
    }
    template <typename Container>
    typename Container::value_type wany(const Container &c, int type) {
        check(int(c.size()) > 0, "wany(const Container& c, int type)", "c.size() must be positive");
        return *std::next(c.begin(), wnext(int(c.size()), type));
    }
    template <typename Iter>
    typename Iter::value_type wany(const Iter &begin, const Iter &end, int type) {
        int size = int(std::distance(begin, end));
        check(size > 0, "any(const Iter& begin, const Iter& end, int type)", "range must have positive length");
        return *std::next(begin, wnext(size, type));
    }

    // A random order of `size` values from `first` on.
    template <typename T, typename E>
    std::vector<E> perm(T size, E first) {
        check(size >= 0, "perm(T size, E first = 0)", "size must non-negative");
        std::vector<E> order;
        order.reserve(size);
        for (T i = 0; i < size; i++)
            order.push_back(first++);
        for (T i = 1; i < size; i++)
            std::swap(order[i], order[next(i + 1)]);
        return order;
    }
    template <typename T>
    std::vector<T> perm(T size) {
        return perm(size, T(0));
    }

    // Different values in [from, to], in the order in which they were drawn.
    template <typename T>
    std::vector<T> distinct(int size, T from, T to) {
        std::vector<T> drawn;
        if (size == 0)
            return drawn;
        if (from > to)
            __testlib_fail("random_t::distinct expected from <= to");
        if (size < 0)
            __testlib_fail("random_t::distinct expected size >= 0");
        uint64_t n = to - from + 1;
        if (uint64_t(size) > n)
            __testlib_fail("random_t::distinct expected size <= to - from + 1");

        // How often one has to draw until that many are there.
        double draws = 0.0;
        for (int i = 1; i <= size; i++)
            draws += double(n) / double(n - i + 1);
        if (draws < double(n)) {
            std::set<T> seen;
            while (int(drawn.size()) < size) {
                T value = T(next(from, to));
                if (seen.insert(value).second)
                    drawn.push_back(value);
            }
            return drawn;
        }
        if (n > 1000000000)
            __testlib_fail("random_t::distinct here expected to - from + 1 <= 1000000000");
        drawn = perm(int(n), from);
        drawn.resize(size);
        return drawn;
    }
    template <typename T>
    std::vector<T> distinct(int size, T upper) {
        if (size < 0)
            __testlib_fail("random_t::distinct expected size >= 0");
        if (size == 0)
            return {};
        if (upper <= 0)
            __testlib_fail("random_t::distinct expected upper > 0");
        if (size > upper)
            __testlib_fail("random_t::distinct expected size <= upper");
        return distinct(size, T(0), upper - 1);
    }

    // `size` values of at least `least` that make `sum` together.
    template <typename T>
    std::vector<T> partition(int size, T sum, T least) {
        check(size >= 0, "partition", "size < 0");
        check(size != 0 || sum == 0, "partition", "size == 0 && sum != 0");
        check(least * size <= sum, "partition", "min_part * size > sum");
        if (size == 0)
            return {};
        sum -= least * size;
        std::vector<T> bounds = distinct(size - 1, T(1), T(sum + size - 1));
        bounds.push_back(0);
        std::sort(bounds.begin(), bounds.end());
        bounds.push_back(sum + size);
        std::vector<T> parts;
        for (int i = 0; i < size; i++)
            parts.push_back(bounds[i + 1] - bounds[i] - 1 + least);
        return parts;
    }
    template <typename T>
    std::vector<T> partition(int size, T sum) {
        return partition(size, sum, T(1));
    }
};

int random_t::version = -1;
random_t rnd;

inline std::string pattern::next(random_t &random) const {
    if (to == INT_MAX)
        __testlib_fail("pattern::next(random_t& rnd): can't process character '*' for generation");
    std::string text;
    if (to > 0) {
        int count = random.next(to - from + 1) + from;
        for (int i = 0; i < count; i++)
            text += chars[random.next(int(chars.size()))];
    }
    if (!rest.empty())
        text += rest[random.next(int(rest.size()))].next(random);
    return text;
}

template <typename Iterator>
void shuffle(Iterator first, Iterator last) {
    if (first == last)
        return;
    for (Iterator it = first + 1; it != last; ++it)
        std::iter_swap(it, first + rnd.next(int(it - first) + 1));
}

// What would be different elsewhere is not for tests.
NORETURN inline void quitf(TResult result, const char *format, ...) __TESTLIB_FORMAT(2, 3);

template <typename Iterator>
void random_shuffle(Iterator, Iterator) {
    quitf(_fail, "Don't use random_shuffle(), use shuffle() instead");
}

#ifdef __GLIBC__
#define __TESTLIB_LIBRARY noexcept
#else
#define __TESTLIB_LIBRARY
#endif
int rand() __TESTLIB_LIBRARY { quitf(_fail, "Don't use rand(), use rnd.next() instead"); }
void srand(unsigned int seed) __TESTLIB_LIBRARY {
    quitf(_fail,
          "Don't use srand(), you should use 'registerGen(argc, argv, 1);' to initialize generator seed by hash code "
          "of the command line params. The third parameter is randomGeneratorVersion (currently the latest is 1) "
          "[ignored seed=%u].",
          seed);
}
