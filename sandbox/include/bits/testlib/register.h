// testlib: the first line of `main`: which kind of program this is, and its arguments.
#pragma once

std::string __testlib_testset;
std::string __testlib_group;
inline std::string getTestset() { return __testlib_testset; }
inline std::string getGroup() { return __testlib_group; }

namespace __testlib {

void prepare_options(int argc, char *argv[]);

// Takes `--testset` and `--group` out of arguments.
inline std::vector<std::string> arguments(int argc, char *argv[]) {
    std::vector<std::string> rest;
    for (int i = 0; i < argc; i++) {
        std::string argument = argv[i];
        bool is_testset = argument == "--testset", is_group = argument == "--group";
        if (i == 0 || (!is_testset && !is_group)) {
            rest.push_back(argument);
            continue;
        }
        if (++i == argc || (is_testset && *argv[i] == '\0'))
            quit(_fail, is_testset ? "Expected non-empty testset after --testset command line parameter"
                                   : "Expected group after --group command line parameter");
        if (is_testset) {
            __testlib_testset = argv[i];
            checker.setTestset(argv[i]);
            validator.setTestset(argv[i]);
        } else {
            __testlib_group = argv[i];
            checker.setGroup(argv[i]);
            validator.setGroup(argv[i]);
        }
    }
    return rest;
}

// Begins a checker or interactor, whose files are `usage`: takes the result file and its form.
inline void begin(TTestlibMode kind, const std::vector<std::string> &arguments, size_t least, const char *options,
                  const std::string &files, const std::string &usage) {
    TestlibFinalizeGuard::registered = true;
    testlibMode = kind;
    if (arguments.size() > 1 && arguments[1] == "--help") {
        std::fprintf(stderr, "Program must be run with the following arguments: \n    %s%s\n", options, usage.c_str());
        halt(FAIL_EXIT_CODE);
    }
    const std::string must = "Program must be run with the following arguments: ";
    if (arguments.size() < least || arguments.size() > 6)
        quit(_fail, must + options + usage + "\nUse \"--help\" to get help information");
    if (arguments.size() == 6 && arguments[5] != "-APPES" && arguments[5] != "-appes")
        quit(_fail, must + files + " [<report-file> [<-appes>]]");
    resultName = arguments.size() > 4 ? arguments[4] : "";
    appesMode = arguments.size() == 6;
}

} // namespace __testlib

// checker [--testset testset] [--group group] input output answer [result [-appes]]
inline void registerTestlibCmd(int argc, char *argv[]) {
    std::vector<std::string> arguments = __testlib::arguments(argc, argv);
    checker.initialize();
    const std::string files = "<input-file> <output-file> <answer-file>";
    __testlib::begin(_checker, arguments, 4, "[--testset testset] [--group group] ", files,
                     files + " [<report-file> [<-appes>]]");
    inf.init(arguments[1], _input);
    ouf.init(arguments[2], _output);
    ouf.skipBom();
    ans.init(arguments[3], _answer);
}

// The same, of the arguments one by one.
inline void registerTestlib(int argc, ...) {
    if (argc < 3 || argc > 5)
        quit(_fail, "Program must be run with the following arguments: <input-file> <output-file> <answer-file> "
                    "[<report-file> [<-appes>]]");
    char program[] = "";
    std::vector<char *> argv(1, program);
    va_list rest;
    va_start(rest, argc);
    for (int i = 0; i < argc; i++)
        argv.push_back(va_arg(rest, char *));
    va_end(rest);
    registerTestlibCmd(argc + 1, argv.data());
}

// interactor input output [answer [result [-appes]]]; the program is at the other end of the standard streams.
inline void registerInteraction(int argc, char *argv[]) {
    __testlib::arguments(argc, argv);
    std::vector<std::string> arguments(argv, argv + argc);
    __testlib::begin(_interactor, arguments, 3, "", "<input-file> <output-file> <answer-file>",
                     "<input-file> <output-file> [<answer-file> [<report-file> [<-appes>]]]");
    inf.init(arguments[1], _input);
    tout.open(arguments[2].c_str(), std::ios_base::out);
    if (tout.fail() || !tout.is_open())
        quit(_fail, "Can not write to the test-output-file '" + arguments[2] + "'");
    ouf.init(stdin, _output);
    if (argc >= 4)
        ans.init(arguments[3], _answer);
    else
        ans.name = "unopened answer stream";
}

// validator < input
inline void registerValidation() {
    TestlibFinalizeGuard::registered = true;
    testlibMode = _validator;
    inf.init(stdin, _input);
    inf.strict = true;
}
inline void registerValidation(int argc, char *argv[]) {
    registerValidation();
    std::vector<std::string> arguments = __testlib::arguments(argc, argv);
    validator.initialize();
    for (size_t i = 1; i < arguments.size(); i++) {
        const std::string &argument = arguments[i];
        bool is_overview = argument == "--testOverviewLogFileName", is_markup = argument == "--testMarkupFileName";
        bool is_case = argument == "--testCase", is_case_file = argument == "--testCaseFileName";
        if (!is_overview && !is_markup && !is_case && !is_case_file)
            continue;
        if (++i == arguments.size())
            quit(_fail, "Validator must be run with the following arguments: [--testset testset] [--group group] "
                        "[--testOverviewLogFileName fileName] [--testMarkupFileName fileName] [--testCase testCase] "
                        "[--testCaseFileName fileName]");
        const char *value = arguments[i].c_str();
        if (is_overview)
            validator.setTestOverviewLogFileName(value);
        if (is_markup)
            validator.setTestMarkupFileName(value);
        if (is_case_file)
            validator.setTestCaseFileName(value);
        if (is_case) {
            long long number = stringToLongLong(inf, value);
            if (number < 1 || number >= __TESTLIB_MAX_TEST_CASE)
                quit(_fail, "Argument testCase should be between 1 and " + vtos(__TESTLIB_MAX_TEST_CASE) + ", but " +
                                vtos(number) + " found");
            validator.setTestCase(int(number));
        }
    }
}

// generator [options]; the command line is the seed.
inline void registerGen(int argc, char *argv[], int version) {
    if (version < 0 || version > 1)
        quit(_fail, "Random generator version is expected to be 0 or 1.");
    random_t::version = version;
    TestlibFinalizeGuard::registered = true;
    testlibMode = _generator;
    rnd.setSeed(argc, argv);
    __testlib::prepare_options(argc, argv);
}
inline void registerGen(int argc, char *argv[]) {
#ifndef USE_RND_AS_BEFORE_087
    std::fprintf(stderr,
                 "Use registerGen(argc, argv, 0) or registerGen(argc, argv, 1). The third parameter stands for the "
                 "random generator version. If you are trying to compile old generator use macro "
                 "-DUSE_RND_AS_BEFORE_087 or registerGen(argc, argv, 0). Version 1 has been released on Spring, 2013. "
                 "Use it to write new generators.\n\n");
#endif
    registerGen(argc, argv, 0);
}

inline void setAppesModeEncoding(std::string encoding) { appesModeEncoding = lowerCase(encoding); }

// Lets a generator write the test of this number to a file of its own.
inline void startTest(int test) {
    std::string name = vtos(test);
    if (std::freopen(name.c_str(), "wt", stdout) == nullptr)
        __testlib_fail("Unable to write file '" + name + "'");
}
