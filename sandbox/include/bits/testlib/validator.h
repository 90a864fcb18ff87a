// testlib: what validators and checkers are told on the command line, and what a validator notes of a test.
#pragma once

// What a checker is told of the test.
class Checker {
protected:
    std::string kind = "Checker", how = "registerTestlibCmd", object = "checker";
    bool initialized = false;
    std::string test_set = "tests";
    std::string test_group;

    const std::string &told(const std::string &value, const char *what) const {
        if (!initialized)
            __testlib_fail(kind + " should be initialized with " + how + "(argc, argv) instead of " + how +
                           "() to support " + object + "." + what + "()");
        return value;
    }

public:
    void initialize() { initialized = true; }
    std::string testset() const { return told(test_set, "testset"); }
    std::string group() const { return told(test_group, "group"); }
    void setTestset(const char *testset) { test_set = testset; }
    void setGroup(const char *group) { test_group = group; }
} checker;

// Also notes which bounds the variables reach, which features the test has, and where its cases begin.
class Validator : public Checker {
    static const size_t MAX_VARIABLES = 255;
    // Texts of bounds are as long at most, in bytes.
    static const size_t MAX_BOUND_BYTES = 31;

    // A bound that every call gives as the same text.
    struct Bound {
        std::string value;
        bool broken = false;

        template <typename T>
        void adjust(T bound) {
            std::string text = std::to_string(bound);
            broken = broken || text.length() > MAX_BOUND_BYTES || (!value.empty() && value != text);
            value = broken ? "" : text;
        }
        std::string shown() const { return value.empty() ? "?" : value; }
    };
    struct Hit {
        bool min = false, max = false;
    };

    std::string overview_file, markup_file, case_file;
    int test_case = -1;
    std::map<std::string, Hit> hits;
    std::map<std::string, std::pair<Bound, Bound>> bounds;
    std::set<std::string> variables, features, hit_features;

    static bool has_control(const std::string &name) {
        return std::any_of(name.begin(), name.end(), [](char c) { return c < ' '; });
    }
    static bool is_analyzable(const std::string &name) {
        return !has_control(name) && name.find_first_of("0123456789") == std::string::npos;
    }
    // A tilde before or after a name says that the lower or upper bound need not be reached.
    static bool is_marked(const std::string &name) { return name.length() >= 2 && name != "~~"; }
    static bool ignores_min(const std::string &name) { return is_marked(name) && name.front() == '~'; }
    static bool ignores_max(const std::string &name) { return is_marked(name) && name.back() == '~'; }
    static std::string bare(const std::string &name) {
        size_t first = ignores_min(name), last = name.length() - ignores_max(name);
        return name.substr(first, last - first);
    }

    static void write(const std::string &name, const std::string &text, const char *where, const char *what) {
        std::FILE *file = name == "stdout" ? stdout : name == "stderr" ? stderr : std::fopen(name.c_str(), "wb");
        if (file == nullptr)
            __testlib_fail(std::string("Validator::") + where + ": can't write " + what + " to (" + name + ")");
        std::fputs(text.c_str(), file);
        std::fflush(file);
        if (file != stdout && file != stderr && std::fclose(file) != 0)
            __testlib_fail(std::string("Validator::") + where + ": can't close " + what + " file (" + name + ")");
    }

    std::vector<int> read_chars() const {
        std::vector<int> chars = inf.getReadChars();
        if (!chars.empty() && chars.back() == -1)
            chars.pop_back();
        return chars;
    }

public:
    Validator() { kind = "Validator", how = "registerValidation", object = "validator"; }

    std::string testOverviewLogFileName() const { return overview_file; }
    std::string testMarkupFileName() const { return markup_file; }
    int testCase() const { return test_case; }
    std::string testCaseFileName() const { return case_file; }
    void setTestOverviewLogFileName(const char *name) { overview_file = name; }
    void setTestMarkupFileName(const char *name) { markup_file = name; }
    void setTestCase(int testCase) { test_case = testCase; }
    void setTestCaseFileName(const char *name) { case_file = name; }

    void addVariable(const std::string &name) {
        if (is_analyzable(name) && variables.size() < MAX_VARIABLES)
            variables.insert(bare(name));
    }
    void addBoundsHit(const std::string &name, bool hits_min, bool hits_max) {
        if (!is_analyzable(name) || hits.size() >= MAX_VARIABLES)
            return;
        Hit &hit = hits[bare(name)];
        hit.min = hit.min || hits_min || ignores_min(name);
        hit.max = hit.max || hits_max || ignores_max(name);
    }
    template <typename T>
    void adjustConstantBounds(const std::string &name, T lower, T upper) {
        if (!is_analyzable(name) || bounds.size() >= MAX_VARIABLES)
            return;
        std::pair<Bound, Bound> &both = bounds[bare(name)];
        both.first.adjust(lower);
        both.second.adjust(upper);
    }
    void addFeature(const std::string &feature) {
        if (features.count(feature))
            __testlib_fail("Feature " + feature + " registered twice.");
        if (has_control(feature))
            __testlib_fail("Feature name '" + feature + "' contains restricted characters.");
        features.insert(feature);
    }
    void feature(const std::string &feature) {
        if (has_control(feature))
            __testlib_fail("Feature name '" + feature + "' contains restricted characters.");
        if (!features.count(feature))
            __testlib_fail("Feature " + feature + " didn't registered via addFeature(feature).");
        hit_features.insert(feature);
    }

    std::string getBoundsHitLog() const {
        std::string log;
        for (const auto &it : hits)
            log += "\"" + it.first + "\":" + (it.second.min ? " min-value-hit" : "") +
                   (it.second.max ? " max-value-hit" : "") + "\n";
        return log;
    }
    std::string getFeaturesLog() const {
        std::string log;
        for (const auto &it : features)
            log += "feature \"" + it + "\":" + (hit_features.count(it) ? " hit" : "") + "\n";
        return log;
    }
    std::string getConstantBoundsLog() const {
        std::string log;
        for (const auto &it : bounds)
            if (!it.second.first.value.empty() || !it.second.second.value.empty())
                log += "constant-bounds \"" + it.first + "\": " + it.second.first.shown() + " " +
                       it.second.second.shown() + "\n";
        return log;
    }
    std::string getVariablesLog() const {
        std::string log;
        for (const auto &it : variables)
            log += "variable \"" + it + "\"\n";
        return log;
    }

    void writeTestOverviewLog() {
        std::string name;
        name.swap(overview_file);
        if (!name.empty())
            write(name, getBoundsHitLog() + getFeaturesLog() + getConstantBoundsLog() + getVariablesLog(),
                  "writeTestOverviewLog", "test overview log");
    }
    // Writes the test with marks where its cases begin.
    void writeTestMarkup() {
        if (markup_file.empty() || inf.getReadChars().empty())
            return;
        std::string markup = "MU\xF3\x01";
        for (int c : read_chars()) {
            if (c > 256) {
                markup += "!c" + vtos(c - 256) + ";";
                continue;
            }
            if (c == '\\' || c == '!')
                markup += '\\';
            markup += char(c);
        }
        write(markup_file, markup, "writeTestMarkup", "test markup");
    }
    // Writes the one case that was asked for.
    void writeTestCase() {
        if (test_case <= 0)
            return;
        std::string content;
        bool inside = false;
        for (int c : read_chars()) {
            if (c > 256) {
                inside = c - 256 == test_case;
                if (inside)
                    content.clear();
            } else if (inside) {
                content += char(c);
            }
        }
        if (!content.empty())
            write(case_file.empty() ? "stdout" : case_file, content, "writeTestCase", "test case");
    }
} validator;

inline void addFeature(const std::string &feature) {
    if (testlibMode != _validator)
        ouf.quit(_fail, "Features are supported in validators only.");
    validator.addFeature(feature);
}
inline void feature(const std::string &feature) {
    if (testlibMode != _validator)
        ouf.quit(_fail, "Features are supported in validators only.");
    validator.feature(feature);
}
