// testlib: how programs end: the outcome and its message on standard error or in the result file, and the
// checks that an end was reached at all.
#pragma once

#ifdef TESTLIB_THROW_EXIT_EXCEPTION_INSTEAD_OF_EXIT
class exit_exception : public std::exception {
    int code;

public:
    explicit exit_exception(int code) : code(code) {}
    int getExitCode() const { return code; }
};
#endif

// Looks, when the program ends, whether it ended as its kind must.
struct TestlibFinalizeGuard {
    static bool alive;
    static bool registered;
    // The program has returned from `main` or called `exit`, which must not be called again.
    static bool is_leaving;

    int quitCount = 0, readEofCount = 0;

    ~TestlibFinalizeGuard() {
        bool checks = alive;
        alive = false;
        is_leaving = true;
        if (checks) {
            if (testlibMode == _checker && quitCount == 0)
                __testlib_fail("Checker must end with quit or quitf call.");
            if (testlibMode == _validator && readEofCount == 0 && quitCount == 0)
                __testlib_fail("Validator must end with readEof call.");
            autoEnsureNoUnusedOpts();
            if (!registered)
                __testlib_fail("Call register-function in the first line of the main (registerTestlibCmd or other "
                               "similar)");
        }
        if (__testlib_exitCode == 0) {
            validator.writeTestOverviewLog();
            validator.writeTestMarkup();
            validator.writeTestCase();
        }
    }

private:
    void autoEnsureNoUnusedOpts();
};
bool TestlibFinalizeGuard::alive = true;
bool TestlibFinalizeGuard::registered = false;
bool TestlibFinalizeGuard::is_leaving = false;
extern TestlibFinalizeGuard testlibFinalizeGuard;

inline void disableFinalizeGuard() { TestlibFinalizeGuard::alive = false; }

NORETURN inline void halt(int code) {
    __testlib_exitCode = code;
#ifdef TESTLIB_THROW_EXIT_EXCEPTION_INSTEAD_OF_EXIT
    if (!TestlibFinalizeGuard::is_leaving)
        throw exit_exception(code);
#endif
    if (!TestlibFinalizeGuard::is_leaving)
        std::exit(code);
    std::cout.flush();
    std::fflush(nullptr);
    std::_Exit(code);
}

namespace __testlib {

// What messages hold in place of the parentheses around their remarks.
const char OPEN = 11, CLOSE = 17;

// Finds the remarks of a message: the places of its one opening and its one closing sign.
inline bool find_remarks(const std::string &message, size_t &open, size_t &close) {
    open = message.find(OPEN), close = message.find(CLOSE);
    return open != std::string::npos && close != std::string::npos && open < close && message.rfind(OPEN) == open &&
           message.rfind(CLOSE) == close;
}

// Adds a remark that the message does not have yet.
inline std::string with_remark(std::string message, const std::string &remark) {
    size_t open, close;
    if (!find_remarks(message, open, close))
        return message + " " + OPEN + remark + CLOSE;
    if (message.find(remark, open) >= close)
        message.insert(close, ", " + remark);
    return message;
}

inline std::string printable(std::string message) {
    size_t open, close;
    if (find_remarks(message, open, close))
        message[open] = '(', message[close] = ')';
    return message;
}

inline std::string xml(const std::string &message) {
    std::string text;
    for (char c : message) {
        if (c == '&')
            text += "&amp;";
        else if (c == '<')
            text += "&lt;";
        else if (c == '>')
            text += "&gt;";
        else if (c == '"')
            text += "&quot;";
        else
            text += 0 <= c && c < ' ' ? '.' : c;
    }
    return text;
}

// The name of an outcome on standard error.
inline std::string label(TResult result) {
    switch (result) {
    case _ok:
        return "ok ";
    case _wa:
        return "wrong answer ";
    case _pe:
    case _dirt:
        return "wrong output format ";
    case _fail:
        return "FAIL ";
    case _points:
        return "points ";
    case _unexpected_eof:
        return "unexpected eof ";
    default:
        return "partially correct (" + vtos(result - _partially) + ") ";
    }
}

// The attributes of an outcome in the result file.
inline std::string attributes(TResult result) {
    switch (result) {
    case _ok:
        return "outcome = \"accepted\"";
    case _wa:
        return "outcome = \"wrong-answer\"";
    case _pe:
    case _dirt:
        return "outcome = \"presentation-error\"";
    case _fail:
        return "outcome = \"fail\"";
    case _points:
        return "outcome = \"points\" points = \"" +
               removeDoubleTrailingZeroes(testlib_format_("%.10f", __testlib_points)) + "\"";
    case _unexpected_eof:
        return "outcome = \"unexpected-eof\"";
    default:
        return "outcome = \"partially-correct\" pctype = \"" + vtos(result - _partially) + "\"";
    }
}

// Writes the result file; returns false if that cannot be.
inline bool write_result(TResult result, const std::string &message) {
    std::string text = message;
    if (appesMode)
        text = "<?xml version=\"1.0\" encoding=\"" + appesModeEncoding + "\"?><result " + attributes(result) + ">" +
               xml(message) + "</result>\n";
    std::FILE *file = std::fopen(resultName.c_str(), "w");
    if (file == nullptr)
        return false;
    std::fputs(text.c_str(), file);
    return std::fclose(file) == 0;
}

} // namespace __testlib

inline void InStream::quit(TResult result, const char *text) {
    using namespace __testlib;
    if (TestlibFinalizeGuard::alive)
        testlibFinalizeGuard.quitCount++;

    std::string message = trim(text);
    if (__testlib_hasTestCase) {
        std::string number = vtos(__testlib_testCase);
        if (result != _ok && result != _points)
            message = with_remark(message, "test case " + number);
        else
            message = with_remark(message, number + (__testlib_testCase == 1 ? " test case" : " test cases"));
    }
    if (message.length() > maxMessageLength) {
        std::string warning =
            "message length exceeds " + vtos(maxMessageLength) + ", the message is truncated: ";
        message = warning + message.substr(0, maxMessageLength - warning.length());
    }

#ifndef ENABLE_UNEXPECTED_EOF
    if (result == _unexpected_eof)
        result = _pe;
#endif
    if (testlibMode == _scorer && result != _fail)
        quits(_fail, "Scorer should return points only. Don't use a quit function.");
    if (mode != _output && result != _fail) {
        message = with_remark(message, name);
        if (mode == _input && testlibMode == _validator && lastLine != -1)
            message = with_remark(message, "line " + vtos(lastLine));
        quits(_fail, message);
    }
    bool goes_on = result == _ok || result == _points || result >= _partially;
    if (goes_on && testlibMode != _interactor && !ouf.seekEof())
        quit(_dirt, "Extra information in the output file");
    if (result < _ok || (result > _points && result < _partially && result != _unexpected_eof))
        quit(_fail, "What is the code ??? ");
    if (!resultName.empty() && appesMode && result == _points && __testlib_isInfinite(__testlib_points))
        quit(_fail, "Expected points, but infinity found");

    message = printable(message);
    if (resultName.empty()) {
        std::fputs((label(result) + message).c_str(), stderr);
    } else if (!write_result(result, message)) {
        resultName = "";
        quit(_fail, "Can not write to the result file");
    }
    std::fputs("\n", stderr);

    inf.close();
    ouf.close();
    ans.close();
    if (tout.is_open())
        tout.close();
    if (!resultName.empty())
        std::fputs("See file to check exit message\n", stderr);
    halt(resultExitCode(result == _dirt ? _pe : result));
}

inline void InStream::quitf(TResult result, const char *format, ...) {
    FMT_TO_RESULT(format, format, message)
    quits(result, message);
}
inline void InStream::quitif(bool condition, TResult result, const char *format, ...) {
    if (condition) {
        FMT_TO_RESULT(format, format, message)
        quits(result, message);
    }
}
inline void InStream::__testlib_ensure(bool condition, std::string message) {
    if (!condition)
        quits(_wa, message);
}
inline void InStream::ensuref(bool condition, const char *format, ...) {
    if (!condition) {
        FMT_TO_RESULT(format, format, message)
        quits(_wa, message);
    }
}

// The same of the output.
NORETURN inline void quit(TResult result, const char *message) { ouf.quit(result, message); }
NORETURN inline void quit(TResult result, const std::string &message) { ouf.quit(result, message.c_str()); }
inline void quitf(TResult result, const char *format, ...) {
    FMT_TO_RESULT(format, format, message)
    quit(result, message);
}
__TESTLIB_FORMAT(3, 4) inline void quitif(bool condition, TResult result, const char *format, ...) {
    if (condition) {
        FMT_TO_RESULT(format, format, message)
        quit(result, message);
    }
}
inline void __testlib_fail(const std::string &message) { quit(_fail, message); }

// Points, which must be in [0, 1000000].
inline double __testlib_preparePoints(double points) {
    if (__testlib_isNaN(points))
        quit(_fail, "Parameter 'points' can't be nan");
    if (__testlib_isInfinite(points))
        quit(_fail, "Parameter 'points' can't be infinite");
    if (points < -1E-8)
        quit(_fail, "Parameter 'points' can't be negative");
    if (points > 1E6 + 1E-8)
        quit(_fail, "Parameter 'points' can't be greater than 1E6");
    return points <= 0.0 ? 0.0 : __testlib_min(points, 1E6);
}
NORETURN inline void __testlib_quitp(double points, std::string shown, const std::string &message) {
    __testlib_points = __testlib_preparePoints(points);
    if (shown.empty())
        shown = removeDoubleTrailingZeroes(testlib_format_("%.10f", __testlib_points));
    quit(_points, message.empty() ? shown : shown + " " + message);
}
NORETURN inline void quitp(int points, const std::string &message = "") {
    __testlib_quitp(points, vtos(points), message);
}
NORETURN inline void quitp(double points, const std::string &message = "") { __testlib_quitp(points, "", message); }
NORETURN inline void quitp(float points, const std::string &message = "") {
    __testlib_quitp(double(points), "", message);
}
NORETURN inline void quitp(long double points, const std::string &message = "") {
    __testlib_quitp(double(points), "", message);
}
template <typename F>
NORETURN __TESTLIB_FORMAT(2, 3) void quitp(F points, const char *format, ...) {
    FMT_TO_RESULT(format, format, message)
    quitp(points, message);
}
NORETURN inline void quitpi(const std::string &points_info, const std::string &message = "") {
    if (points_info.find(' ') != std::string::npos)
        quit(_fail, "Parameter 'points_info' can't contain spaces");
    quit(_points, "points_info=" + points_info + (message.empty() ? "" : " " + message));
}

// Demands of the program itself, whose breach is a failure.
inline void __testlib_ensure(bool condition, const std::string &message) {
    if (!condition)
        quit(_fail, message);
}
inline void __testlib_ensure(bool condition, const char *message) {
    if (!condition)
        quit(_fail, message);
}
__TESTLIB_FORMAT(2, 3) inline void ensuref(bool condition, const char *format, ...) {
    if (!condition) {
        FMT_TO_RESULT(format, format, message)
        quit(_fail, message);
    }
}
#define ensure(cond) __testlib_ensure((cond), "Condition failed: \"" #cond "\"")
#define STRINGIZE_DETAIL(x) (#x)
#define STRINGIZE(x) STRINGIZE_DETAIL((x))
#define __TESTLIB_LINE_(line) #line
#define __TESTLIB_LINE(line) __TESTLIB_LINE_(line)
#define ensure_ext(cond)                                                                                               \
    __testlib_ensure((cond), "Line " __TESTLIB_LINE(__LINE__) ": Condition failed: \"" #cond "\"")

namespace __testlib {

template <typename T>
std::string shown(const T &value) {
    return vtos(value);
}
inline std::string shown(const std::string &value) { return value; }
inline std::string shown(const char *value) { return value; }
inline std::string shown(double value) { return removeDoubleTrailingZeroes(testlib_format_("%.12f", value)); }
inline std::string shown(float value) { return shown(double(value)); }
inline std::string shown(long double value) { return shown(double(value)); }

} // namespace __testlib

template <typename T>
NORETURN __TESTLIB_FORMAT(4, 5) void expectedButFound(TResult result, T expected, T found, const char *format = "",
                                                      ...) {
    FMT_TO_RESULT(format, format, where)
    if (!where.empty())
        where = compress(where) + ": ";
    quit(result, where + "expected '" + compress(__testlib::shown(expected)) + "', but found '" +
                     compress(__testlib::shown(found)) + "'");
}

__TESTLIB_FORMAT(1, 2) inline void setName(const char *format, ...) {
    FMT_TO_RESULT(format, format, name)
    checkerName = name;
}
