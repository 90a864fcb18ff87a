// testlib: how a program can end, by which exit code, and what its parts know of each other.
#pragma once

#ifndef OK_EXIT_CODE
#define OK_EXIT_CODE 0
#endif
#ifndef WA_EXIT_CODE
#define WA_EXIT_CODE 1
#endif
#ifndef PE_EXIT_CODE
#define PE_EXIT_CODE 2
#endif
#ifndef FAIL_EXIT_CODE
#define FAIL_EXIT_CODE 3
#endif
#ifndef DIRT_EXIT_CODE
#define DIRT_EXIT_CODE 4
#endif
#ifndef POINTS_EXIT_CODE
#define POINTS_EXIT_CODE 7
#endif
#ifndef UNEXPECTED_EOF_EXIT_CODE
#define UNEXPECTED_EOF_EXIT_CODE 8
#endif
#ifndef PC_BASE_EXIT_CODE
#define PC_BASE_EXIT_CODE 0
#endif

#define LF ((char)10)
#define CR ((char)13)
#define TAB ((char)9)
#define SPACE ((char)' ')
// What reading past the end gives.
#define EOFC (255)

#define I64 "%lld"
#define U64 "%llu"

#define NORETURN __attribute__((noreturn))
// Lets the compiler check a format against its arguments; both are counted from 1.
#define __TESTLIB_FORMAT(text, first) __attribute__((__format__(__printf__, text, first)))

// Which file a stream is.
enum TMode { _input, _output, _answer };

// What a program found.
enum TResult {
    _ok = 0,
    _wa = 1,
    _pe = 2,
    _fail = 3,
    // The output goes on after the answer.
    _dirt = 4,
    _points = 5,
    _unexpected_eof = 8,
    // And from here on: partially correct, by so much.
    _partially = 16
};
#define _pc(exitCode) (TResult(_partially + (exitCode)))

// Which kind of program this is.
enum TTestlibMode { _unknown, _checker, _validator, _generator, _interactor, _scorer };

TTestlibMode testlibMode = _unknown;
std::string checkerName = "untitled checker";
// The file for the outcome, in XML if `appesMode`; none if empty.
std::string resultName;
bool appesMode = false;
std::string appesModeEncoding = "windows-1251";
// What an interactor leaves for the checker.
std::fstream tout;

int __testlib_exitCode = 0;
double __testlib_points = std::numeric_limits<float>::infinity();
// The test case under way, of a test that has several.
bool __testlib_hasTestCase = false;
int __testlib_testCase = -1;
const int __TESTLIB_MAX_TEST_CASE = 1073741823;

NORETURN inline void __testlib_fail(const std::string &message);

inline int resultExitCode(TResult result) {
    switch (result) {
    case _ok:
        return OK_EXIT_CODE;
    case _wa:
        return WA_EXIT_CODE;
    case _pe:
        return PE_EXIT_CODE;
    case _dirt:
        return DIRT_EXIT_CODE;
    case _points:
        return POINTS_EXIT_CODE;
    case _unexpected_eof:
#ifdef ENABLE_UNEXPECTED_EOF
        return UNEXPECTED_EOF_EXIT_CODE;
#else
        return PE_EXIT_CODE;
#endif
    default:
        return result >= _partially ? PC_BASE_EXIT_CODE + (result - _partially) : FAIL_EXIT_CODE;
    }
}
