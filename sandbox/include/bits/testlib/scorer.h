// testlib: scorers: programs that make one score of the results of all tests, one a line.
#pragma once

enum TestResultVerdict {
    SKIPPED,
    OK,
    WRONG_ANSWER,
    RUNTIME_ERROR,
    TIME_LIMIT_EXCEEDED,
    IDLENESS_LIMIT_EXCEEDED,
    MEMORY_LIMIT_EXCEEDED,
    COMPILATION_ERROR,
    CRASHED,
    FAILED
};

struct TestResult {
    int testIndex;
    std::string testset;
    std::string group;
    TestResultVerdict verdict;
    double points;
    long long timeConsumed;
    long long memoryConsumed;
    std::string input;
    std::string output;
    std::string answer;
    int exitCode;
    std::string checkerComment;
};

namespace __testlib {

const char *const VERDICTS[] = {"SKIPPED",
                                "OK",
                                "WRONG_ANSWER",
                                "RUNTIME_ERROR",
                                "TIME_LIMIT_EXCEEDED",
                                "IDLENESS_LIMIT_EXCEEDED",
                                "MEMORY_LIMIT_EXCEEDED",
                                "COMPILATION_ERROR",
                                "CRASHED",
                                "FAILED"};

} // namespace __testlib

inline std::string serializeVerdict(TestResultVerdict verdict) { return __testlib::VERDICTS[verdict]; }
inline TestResultVerdict deserializeTestResultVerdict(std::string name) {
    int verdict = SKIPPED;
    while (verdict <= FAILED && name != __testlib::VERDICTS[verdict])
        verdict++;
    ensuref(verdict <= FAILED, "Unexpected serialized TestResultVerdict");
    return TestResultVerdict(verdict);
}

inline std::string serializePoints(double points) {
    return __testlib_isNaN(points) ? "" : testlib_format_("%.03f", points);
}
inline double deserializePoints(std::string text) {
    double points = std::numeric_limits<double>::quiet_NaN();
    ensuref(text.empty() || std::sscanf(text.c_str(), "%lf", &points) == 1, "Invalid serialized points");
    return points;
}

inline std::string escapeTestResultString(std::string text) {
    std::string escaped;
    for (char c : text) {
        if (c == '\n')
            escaped += "\\n";
        else if (c == '\\' || c == ';')
            escaped += std::string("\\") + c;
        else if (c != '\r')
            escaped += c;
    }
    return escaped;
}
inline std::string unescapeTestResultString(std::string text) {
    std::string plain;
    for (size_t i = 0; i < text.length(); i++) {
        char next = text[i] == '\\' && i + 1 < text.length() ? text[i + 1] : '\0';
        if (next != 'n' && next != ';' && next != '\\') {
            plain += text[i];
            continue;
        }
        plain += next == 'n' ? '\n' : next;
        i++;
    }
    return plain;
}

inline std::string serializeTestResult(TestResult it) {
    const std::string items[] = {vtos(it.testIndex),
                                 escapeTestResultString(it.testset),
                                 escapeTestResultString(it.group),
                                 serializeVerdict(it.verdict),
                                 serializePoints(it.points),
                                 vtos(it.timeConsumed),
                                 vtos(it.memoryConsumed),
                                 escapeTestResultString(it.input),
                                 escapeTestResultString(it.output),
                                 escapeTestResultString(it.answer),
                                 vtos(it.exitCode),
                                 escapeTestResultString(it.checkerComment)};
    return join(std::begin(items), std::end(items), ';');
}
inline TestResult deserializeTestResult(std::string line) {
    std::vector<std::string> items(1);
    for (size_t i = 0; i < line.length(); i++) {
        if (line[i] == ';') {
            items.push_back("");
            continue;
        }
        items.back() += line[i];
        if (line[i] == '\\' && ++i < line.length())
            items.back() += line[i];
    }
    ensuref(items.size() == 12, "Invalid TestResult serialization: expected exactly 12 items");
    TestResult it;
    it.testIndex = std::stoi(items[0]);
    it.testset = unescapeTestResultString(items[1]);
    it.group = unescapeTestResultString(items[2]);
    it.verdict = deserializeTestResultVerdict(items[3]);
    it.points = deserializePoints(items[4]);
    it.timeConsumed = std::stoll(items[5]);
    it.memoryConsumed = std::stoll(items[6]);
    it.input = unescapeTestResultString(items[7]);
    it.output = unescapeTestResultString(items[8]);
    it.answer = unescapeTestResultString(items[9]);
    it.exitCode = std::stoi(items[10]);
    it.checkerComment = unescapeTestResultString(items[11]);
    return it;
}

inline std::vector<TestResult> readTestResults(std::string name) {
    std::ifstream file(name.c_str());
    ensuref(file.is_open(), "Can't read test results file '%s'", name.c_str());
    std::vector<TestResult> results;
    for (std::string line; std::getline(file, line);)
        if (!line.empty())
            results.push_back(deserializeTestResult(line));
    return results;
}

std::function<double(std::vector<TestResult>)> __testlib_scorer;

// Computes the score when `main` has returned.
struct TestlibScorerGuard {
    ~TestlibScorerGuard() {
        if (testlibMode != _scorer)
            return;
        std::vector<TestResult> results;
        while (!inf.eof()) {
            std::string line = inf.readLine();
            if (!line.empty())
                results.push_back(deserializeTestResult(line));
        }
        inf.readEof();
        std::printf("%.3f\n", __testlib_scorer(results));
    }
} __testlib_scorer_guard;

// scorer < results
inline void registerScorer(int, char *[], std::function<double(std::vector<TestResult>)> scorer) {
    TestlibFinalizeGuard::registered = true;
    testlibMode = _scorer;
    inf.init(stdin, _input);
    __testlib_scorer = scorer;
}
