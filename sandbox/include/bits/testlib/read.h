// testlib: how streams are read: what counts as a word, a number, a line, an end.
#pragma once

inline char InStream::curChar() { return char(reader == nullptr ? EOFC : reader->curChar()); }
inline char InStream::nextChar() { return char(reader == nullptr ? EOFC : reader->nextChar()); }

inline char InStream::readChar(char c) {
    lastLine = reader->getLine();
    char found = readChar();
    if (c != found) {
        std::string shown = isEoln(found) ? "#" + vtos(int(found)) : std::string("'") + found + "'";
        quits(_pe, "Unexpected character " + shown + ", but '" + c + "' expected");
    }
    return found;
}

inline void InStream::skipBlanks() {
    while (reader != nullptr && isBlanks(reader->curChar()))
        reader->skipChar();
}

inline void InStream::skipBom() {
    const char *bom = "\xEF\xBB\xBF";
    int read = 0;
    while (read < 3 && curChar() == bom[read])
        skipChar(), read++;
    if (read < 3)
        while (read > 0)
            unreadChar(bom[--read]);
}

inline bool InStream::eof() { return reader == nullptr || reader->eof(); }
inline bool InStream::seekEof() {
    skipBlanks();
    return eof();
}

inline bool InStream::eoln() {
    if (reader == nullptr)
        return true;
    int c = reader->nextChar();
    if (c == LF || (c == EOFC && !strict))
        return true;
    if (c == CR && !strict) {
        int next = reader->nextChar();
        if (next == LF)
            return true;
        reader->unreadChar(next);
    }
    reader->unreadChar(c);
    return false;
}
inline bool InStream::seekEoln() {
    if (reader == nullptr)
        return true;
    int c;
    do
        c = reader->nextChar();
    while (c == SPACE || c == TAB);
    reader->unreadChar(c);
    return eoln();
}
inline void InStream::readEoln() {
    lastLine = reader->getLine();
    if (!eoln())
        quit(_pe, "Expected EOLN");
}
inline void InStream::readEof() {
    lastLine = reader->getLine();
    if (!eof())
        quit(_pe, "Expected EOF");
    if (TestlibFinalizeGuard::alive && this == &inf)
        testlibFinalizeGuard.readEofCount++;
}

// Reads values one after another; a strict stream has one space between them, if they are `spaced`.
template <typename T, typename Read>
std::vector<T> InStream::read_many(const char *what, int size, const std::string &name, int base, bool spaced,
                                   Read read) {
    if (size < 0)
        quits(_fail, std::string(what) + ": size should be non-negative.");
    if (size > 100000000)
        quits(_fail, std::string(what) + ": size should be at most 100000000.");
    if (strict && !name.empty())
        validator.addVariable(name);
    std::vector<T> values;
    values.reserve(size);
    readManyIteration = base;
    for (int i = 0; i < size; i++) {
        values.push_back(read());
        readManyIteration++;
        if (strict && spaced && i + 1 < size)
            readSpace();
    }
    readManyIteration = NO_INDEX;
    return values;
}

// Words.

inline void InStream::readWordTo(std::string &result) {
    if (!strict)
        skipBlanks();
    if (reader == nullptr)
        quit(_unexpected_eof, "Unexpected end of file - token expected");
    lastLine = reader->getLine();
    int c = reader->nextChar();
    if (c == EOFC)
        quit(_unexpected_eof, "Unexpected end of file - token expected");
    if (isBlanks(c))
        quit(_pe, "Unexpected white-space - token expected");
    result.clear();
    for (; !isBlanks(c) && c != EOFC; c = reader->nextChar()) {
        result += char(c);
        if (result.length() > maxTokenLength)
            quitf(_pe, "Length of token exceeds %d, token is '%s...'", int(maxTokenLength), compress(result).c_str());
    }
    reader->unreadChar(c);
}

// Holds a word or a line against a pattern.
inline void InStream::check_pattern(const char *kind, const char *parameter, const std::string &value,
                                    const pattern &p, const std::string &name) {
    if (!p.matches(value)) {
        std::string message = kind, shown = "\"" + compress(value) + "\"";
        if (readManyIteration != NO_INDEX) {
            message += " element " + name + "[" + (name.empty() ? "index=" : "") + vtos(readManyIteration) +
                       "] equals to " + shown + (name.empty() ? "" : ",");
        } else if (!name.empty()) {
            message += std::string(parameter) + " [name=" + name + "] equals to " + shown + ",";
        } else {
            message += " " + shown;
        }
        quits(_wa, message + " doesn't correspond to pattern \"" + p.src() + "\"");
    }
    if (strict && !name.empty())
        validator.addVariable(name);
}

inline void InStream::readWordTo(std::string &result, const pattern &p, const std::string &name) {
    readWordTo(result);
    check_pattern("Token", " parameter", result, p, name);
}
inline void InStream::readWordTo(std::string &result, const std::string &p, const std::string &name) {
    readWordTo(result, pattern(p), name);
}
inline void InStream::readTokenTo(std::string &result, const pattern &p, const std::string &name) {
    readWordTo(result, p, name);
}
inline void InStream::readTokenTo(std::string &result, const std::string &p, const std::string &name) {
    readWordTo(result, p, name);
}
inline std::string InStream::readWord() {
    readWordTo(text);
    return text;
}
inline std::string InStream::readWord(const pattern &p, const std::string &name) {
    readWordTo(text, p, name);
    return text;
}
inline std::string InStream::readWord(const std::string &p, const std::string &name) {
    return readWord(pattern(p), name);
}

// Numbers.

namespace __testlib {

NORETURN inline void refuse(InStream &in, const char *what, const std::string &found) {
    in.quits(_pe, std::string("Expected ") + what + ", but \"" + compress(found) + "\" found" +
                      (found.find('\0') == std::string::npos ? "" : " (it contains \\0)"));
}
inline bool is_digit(char c) { return '0' <= c && c <= '9'; }
inline bool are_digits(const std::string &word, size_t from = 0) {
    return from < word.length() && std::all_of(word.begin() + from, word.end(), is_digit);
}

// Returns the number that a word is. An exponent may lack its digits, as `scanf` has it.
inline double parsed(InStream &in, const char *what, const std::string &word) {
    char *end;
    double value = std::strtod(word.c_str(), &end);
    std::string rest = end;
    if (rest.length() == 2 && (rest[1] == '+' || rest[1] == '-'))
        rest.pop_back();
    if (end == word.c_str() || (rest != "" && rest != "e" && rest != "E") || __testlib_isNaN(value))
        refuse(in, what, word);
    return value;
}

} // namespace __testlib

inline long long stringToLongLong(InStream &in, const std::string &word) {
    using namespace __testlib;
    bool is_negative = word.length() > 1 && word[0] == '-';
    // One zero may lead, alone and without a sign.
    bool leads_zero = word.length() > is_negative && word[is_negative] == '0';
    errno = 0;
    long long value = std::strtoll(word.c_str(), nullptr, 10);
    if (word.length() > 20 || !are_digits(word, is_negative) || (leads_zero && word != "0") || errno == ERANGE)
        refuse(in, "integer", word);
    return value;
}
inline unsigned long long stringToUnsignedLongLong(InStream &in, const std::string &word) {
    using namespace __testlib;
    errno = 0;
    unsigned long long value = std::strtoull(word.c_str(), nullptr, 10);
    if (word.length() > 20 || !are_digits(word) || (word[0] == '0' && word != "0") || errno == ERANGE)
        refuse(in, "unsigned integer", word);
    return value;
}
inline double stringToDouble(InStream &in, const std::string &word) {
    if (word.find_first_not_of("0123456789.eE+-") != std::string::npos)
        __testlib::refuse(in, "double", word);
    return __testlib::parsed(in, "double", word);
}
inline double stringToStrictDouble(InStream &in, const std::string &word, int min_digits, int max_digits) {
    using namespace __testlib;
    const char *what = "strict double";
    if (min_digits < 0)
        in.quit(_fail, "stringToStrictDouble: minAfterPointDigitCount should be non-negative.");
    if (min_digits > max_digits)
        in.quit(_fail, "stringToStrictDouble: minAfterPointDigitCount should be less or equal to "
                       "maxAfterPointDigitCount.");
    if (word.find('\0') != std::string::npos)
        refuse(in, "double", word);
    if (word.empty() || word.length() > 1000 || !is_digit(word.back()))
        refuse(in, what, word);
    bool is_negative = word[0] == '-';
    size_t point = word.find('.');
    std::string whole = word.substr(is_negative, point == std::string::npos ? point : point - is_negative);
    std::string fraction = point == std::string::npos ? "" : word.substr(point + 1);
    if (point == 0 || (!whole.empty() && !are_digits(whole)) || (!fraction.empty() && !are_digits(fraction)))
        refuse(in, what, word);
    if (int(fraction.length()) < min_digits || int(fraction.length()) > max_digits)
        in.quits(_pe, "Expected strict double with number of digits after point in range [" + vtos(min_digits) + "," +
                          vtos(max_digits) + "], but \"" + compress(word) + "\" found");
    if (whole.empty() || (whole[0] == '0' && whole.length() > 1))
        refuse(in, what, word);
    double value = parsed(in, "double", word);
    if (__testlib_isInfinite(value))
        refuse(in, "double", word);
    if (is_negative && value >= 0)
        in.quits(_pe, "Redundant minus in \"" + compress(word) + "\" found");
    return value;
}

// Reads the word of a number.
inline void InStream::read_token_for(const char *kind) {
    if (!strict && seekEof())
        quits(_unexpected_eof, std::string("Unexpected end of file - ") + kind + " expected");
    readWordTo(text);
}

template <typename T>
void InStream::check_range(const char *kind, T value, T minv, T maxv, const std::string &shown_min,
                           const std::string &shown_max, const std::string &name) {
    if (value >= minv && value <= maxv)
        return;
    std::string message = kind;
    if (readManyIteration != NO_INDEX)
        message += " element " + name + "[" + (name.empty() ? "index=" : "") + vtos(readManyIteration) +
                   "] equals to " + vtos(value) + ",";
    else if (!name.empty())
        message += " parameter [name=" + name + "] equals to " + vtos(value) + ",";
    else
        message += " " + vtos(value);
    quits(_wa, message + " violates the range [" + shown_min + ", " + shown_max + "]");
}

inline int InStream::readInt() {
    read_token_for("int32");
    long long value = stringToLongLong(*this, text);
    if (value < INT_MIN || value > INT_MAX)
        __testlib::refuse(*this, "int32", text);
    return int(value);
}
inline long long InStream::readLong() {
    read_token_for("int64");
    return stringToLongLong(*this, text);
}
inline unsigned long long InStream::readUnsignedLong() {
    read_token_for("int64");
    return stringToUnsignedLongLong(*this, text);
}
inline double InStream::readReal() {
    read_token_for("double");
    return stringToDouble(*this, text);
}

// Notes what a validator sees of a variable.
template <typename T>
void InStream::note_bounds(const std::string &name, bool hits_min, bool hits_max, T minv, T maxv) {
    if (strict && !name.empty()) {
        validator.addBoundsHit(name, hits_min, hits_max);
        validator.adjustConstantBounds(name, minv, maxv);
        validator.addVariable(name);
    }
}

template <typename T>
T InStream::ranged_integer(const char *kind, T value, T minv, T maxv, const std::string &name) {
    check_range(kind, value, minv, maxv, toHumanReadableString(minv), toHumanReadableString(maxv), name);
    note_bounds(name, value == minv, value == maxv, minv, maxv);
    return value;
}
inline double InStream::ranged_real(const char *kind, double value, double minv, double maxv,
                                    const std::string &name) {
    const double EPS = 1E-12;
    check_range(kind, value, minv, maxv, vtos(minv), vtos(maxv), name);
    note_bounds(name, doubleDelta(minv, value) < EPS, doubleDelta(maxv, value) < EPS, minv, maxv);
    return value;
}

inline int InStream::readInt(int minv, int maxv, const std::string &name) {
    return ranged_integer("Integer", readInt(), minv, maxv, name);
}
inline long long InStream::readLong(long long minv, long long maxv, const std::string &name) {
    return ranged_integer("Integer", readLong(), minv, maxv, name);
}
inline unsigned long long InStream::readUnsignedLong(unsigned long long minv, unsigned long long maxv,
                                                     const std::string &name) {
    return ranged_integer("Unsigned integer", readUnsignedLong(), minv, maxv, name);
}
inline unsigned long long InStream::readLong(unsigned long long minv, unsigned long long maxv,
                                             const std::string &name) {
    return readUnsignedLong(minv, maxv, name);
}
inline double InStream::readReal(double minv, double maxv, const std::string &name) {
    return ranged_real("Double", readReal(), minv, maxv, name);
}
inline double InStream::readStrictReal(double minv, double maxv, int min_digits, int max_digits,
                                       const std::string &name) {
    read_token_for("strict double");
    double value = stringToStrictDouble(*this, text, min_digits, max_digits);
    return ranged_real("Strict double", value, minv, maxv, name);
}
inline double InStream::readStrictDouble(double minv, double maxv, int min_digits, int max_digits,
                                         const std::string &name) {
    return readStrictReal(minv, maxv, min_digits, max_digits, name);
}

// Lines.

inline void InStream::readStringTo(std::string &result) {
    if (reader == nullptr)
        quit(_pe, "Expected line");
    result.clear();
    for (;;) {
        int c = reader->curChar();
        if (c == LF || c == EOFC)
            break;
        if (c == CR) {
            // Within a line it is left out.
            reader->nextChar();
            if (reader->curChar() == LF) {
                reader->unreadChar(c);
                break;
            }
        }
        lastLine = reader->getLine();
        result += char(reader->nextChar());
    }
    if (strict)
        readEoln();
    else
        eoln();
}
inline void InStream::readStringTo(std::string &result, const pattern &p, const std::string &name) {
    readStringTo(result);
    check_pattern("Line", "", result, p, name);
}
inline void InStream::readStringTo(std::string &result, const std::string &p, const std::string &name) {
    readStringTo(result, pattern(p), name);
}
inline void InStream::readLineTo(std::string &result, const pattern &p, const std::string &name) {
    readStringTo(result, p, name);
}
inline void InStream::readLineTo(std::string &result, const std::string &p, const std::string &name) {
    readStringTo(result, p, name);
}
inline std::string InStream::readString() {
    readStringTo(text);
    return text;
}
inline std::string InStream::readString(const pattern &p, const std::string &name) {
    readStringTo(text, p, name);
    return text;
}
inline std::string InStream::readString(const std::string &p, const std::string &name) {
    readStringTo(text, p, name);
    return text;
}

// Many values: `many` by the names of one, with and without demands on each.

#define __TESTLIB_MANY(many, type, one, spaced)                                                                        \
    inline std::vector<type> InStream::many(int size, int base) {                                                      \
        return read_many<type>(#many, size, "", base, spaced, [&] { return one(); });                                  \
    }
#define __TESTLIB_MANY_RANGED(many, type, one)                                                                         \
    inline std::vector<type> InStream::many(int size, type minv, type maxv, const std::string &name, int base) {       \
        return read_many<type>(#many, size, name, base, true, [&] { return one(minv, maxv, name); });                  \
    }
#define __TESTLIB_MANY_STRICT(many)                                                                                    \
    inline std::vector<double> InStream::many(int size, double minv, double maxv, int min_digits, int max_digits,      \
                                              const std::string &name, int base) {                                     \
        return read_many<double>(#many, size, name, base, true,                                                        \
                                 [&] { return readStrictReal(minv, maxv, min_digits, max_digits, name); });            \
    }
#define __TESTLIB_MANY_MATCHING(many, one, spaced)                                                                     \
    inline std::vector<std::string> InStream::many(int size, const pattern &p, const std::string &name, int base) {    \
        return read_many<std::string>(#many, size, name, base, spaced, [&] { return one(p, name); });                  \
    }                                                                                                                  \
    inline std::vector<std::string> InStream::many(int size, const std::string &p, const std::string &name,            \
                                                   int base) {                                                         \
        return many(size, pattern(p), name, base);                                                                     \
    }

__TESTLIB_MANY(readWords, std::string, readWord, true)
__TESTLIB_MANY(readTokens, std::string, readWord, true)
__TESTLIB_MANY(readStrings, std::string, readString, false)
__TESTLIB_MANY(readLines, std::string, readString, false)
__TESTLIB_MANY(readInts, int, readInt, true)
__TESTLIB_MANY(readIntegers, int, readInt, true)
__TESTLIB_MANY(readLongs, long long, readLong, true)
__TESTLIB_MANY(readUnsignedLongs, unsigned long long, readUnsignedLong, true)
__TESTLIB_MANY(readReals, double, readReal, true)
__TESTLIB_MANY(readDoubles, double, readReal, true)
__TESTLIB_MANY_RANGED(readInts, int, readInt)
__TESTLIB_MANY_RANGED(readIntegers, int, readInt)
__TESTLIB_MANY_RANGED(readLongs, long long, readLong)
__TESTLIB_MANY_RANGED(readLongs, unsigned long long, readUnsignedLong)
__TESTLIB_MANY_RANGED(readUnsignedLongs, unsigned long long, readUnsignedLong)
__TESTLIB_MANY_RANGED(readReals, double, readReal)
__TESTLIB_MANY_RANGED(readDoubles, double, readReal)
__TESTLIB_MANY_STRICT(readStrictReals)
__TESTLIB_MANY_STRICT(readStrictDoubles)
__TESTLIB_MANY_MATCHING(readWords, readWord, true)
__TESTLIB_MANY_MATCHING(readTokens, readWord, true)
__TESTLIB_MANY_MATCHING(readStrings, readString, false)
__TESTLIB_MANY_MATCHING(readLines, readString, false)

#undef __TESTLIB_MANY
#undef __TESTLIB_MANY_RANGED
#undef __TESTLIB_MANY_STRICT
#undef __TESTLIB_MANY_MATCHING
