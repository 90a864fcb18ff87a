// testlib: the streams that programs read from, and what they can be asked.
//
// A strict stream is a validator's: nothing is skipped. What a stream refuses is the fault of whoever
// wrote the file: a wrong answer in the output, a failure of the judges elsewhere.
#pragma once

struct InStream {
    static const int NO_INDEX = INT_MAX;

    InputStreamReader *reader = nullptr;
    // The line that was read from last, for messages.
    int lastLine = -1;
    std::string name;
    TMode mode = _input;
    bool opened = false;
    bool stdfile = false;
    bool strict = false;
    // The place in what is read as one of many, or `NO_INDEX`.
    int readManyIteration = NO_INDEX;
    // Bounds, in bytes.
    size_t maxFileSize = 128 << 20;
    size_t maxTokenLength = 32 << 20;
    size_t maxMessageLength = 32000;

    InStream() {}
    // Reads a text by the rules of another stream.
    InStream(const InStream &like, std::string text);
    ~InStream() { close(); }
    InStream(const InStream &) = delete;
    InStream &operator=(const InStream &) = delete;

    void init(std::string file_name, TMode mode);
    void init(std::FILE *file, TMode mode);
    void reset(std::FILE *file = nullptr);
    void close();
    void setTestCase(int testCase);
    std::vector<int> getReadChars();

    // Characters.
    char curChar();
    char nextChar();
    char readChar() { return nextChar(); }
    char readChar(char c);
    char readSpace() { return readChar(' '); }
    void skipChar() { reader->skipChar(); }
    void unreadChar(char c) { reader->unreadChar(c); }
    void skipBlanks();
    void skipBom();

    // Ends. `eoln` also moves past it; the `seek` ones skip blanks, or blanks within the line.
    bool eof();
    bool seekEof();
    bool eoln();
    bool seekEoln();
    void readEoln();
    void readEof();
    void nextLine() { readLine(); }

    // Words. Patterns and ranges are demands on the value; the name is for messages and a validator's log.
    void readWordTo(std::string &result);
    void readWordTo(std::string &result, const pattern &p, const std::string &name = "");
    void readWordTo(std::string &result, const std::string &p, const std::string &name = "");
    void readTokenTo(std::string &result) { readWordTo(result); }
    void readTokenTo(std::string &result, const pattern &p, const std::string &name = "");
    void readTokenTo(std::string &result, const std::string &p, const std::string &name = "");
    std::string readWord();
    std::string readWord(const pattern &p, const std::string &name = "");
    std::string readWord(const std::string &p, const std::string &name = "");
    std::string readToken() { return readWord(); }
    std::string readToken(const pattern &p, const std::string &name = "") { return readWord(p, name); }
    std::string readToken(const std::string &p, const std::string &name = "") { return readWord(p, name); }
    std::vector<std::string> readWords(int size, int base = 1);
    std::vector<std::string> readWords(int size, const pattern &p, const std::string &name = "", int base = 1);
    std::vector<std::string> readWords(int size, const std::string &p, const std::string &name = "", int base = 1);
    std::vector<std::string> readTokens(int size, int base = 1);
    std::vector<std::string> readTokens(int size, const pattern &p, const std::string &name = "", int base = 1);
    std::vector<std::string> readTokens(int size, const std::string &p, const std::string &name = "", int base = 1);

    // Integers.
    int readInt();
    int readInt(int minv, int maxv, const std::string &name = "");
    int readInteger() { return readInt(); }
    int readInteger(int minv, int maxv, const std::string &name = "") { return readInt(minv, maxv, name); }
    std::vector<int> readInts(int size, int base = 1);
    std::vector<int> readInts(int size, int minv, int maxv, const std::string &name = "", int base = 1);
    std::vector<int> readIntegers(int size, int base = 1);
    std::vector<int> readIntegers(int size, int minv, int maxv, const std::string &name = "", int base = 1);
    long long readLong();
    long long readLong(long long minv, long long maxv, const std::string &name = "");
    unsigned long long readLong(unsigned long long minv, unsigned long long maxv, const std::string &name = "");
    std::vector<long long> readLongs(int size, int base = 1);
    std::vector<long long> readLongs(int size, long long minv, long long maxv, const std::string &name = "",
                                     int base = 1);
    std::vector<unsigned long long> readLongs(int size, unsigned long long minv, unsigned long long maxv,
                                              const std::string &name = "", int base = 1);
    unsigned long long readUnsignedLong();
    unsigned long long readUnsignedLong(unsigned long long minv, unsigned long long maxv,
                                        const std::string &name = "");
    std::vector<unsigned long long> readUnsignedLongs(int size, int base = 1);
    std::vector<unsigned long long> readUnsignedLongs(int size, unsigned long long minv, unsigned long long maxv,
                                                      const std::string &name = "", int base = 1);

    // Floating-point numbers. Strict ones are `[-]digits[.digits]` with so many digits after the point.
    double readReal();
    double readReal(double minv, double maxv, const std::string &name = "");
    double readDouble() { return readReal(); }
    double readDouble(double minv, double maxv, const std::string &name = "") { return readReal(minv, maxv, name); }
    std::vector<double> readReals(int size, int base = 1);
    std::vector<double> readReals(int size, double minv, double maxv, const std::string &name = "", int base = 1);
    std::vector<double> readDoubles(int size, int base = 1);
    std::vector<double> readDoubles(int size, double minv, double maxv, const std::string &name = "", int base = 1);
    double readStrictReal(double minv, double maxv, int min_digits, int max_digits, const std::string &name = "");
    double readStrictDouble(double minv, double maxv, int min_digits, int max_digits, const std::string &name = "");
    std::vector<double> readStrictReals(int size, double minv, double maxv, int min_digits, int max_digits,
                                        const std::string &name = "", int base = 1);
    std::vector<double> readStrictDoubles(int size, double minv, double maxv, int min_digits, int max_digits,
                                          const std::string &name = "", int base = 1);

    // Lines.
    void readStringTo(std::string &result);
    void readStringTo(std::string &result, const pattern &p, const std::string &name = "");
    void readStringTo(std::string &result, const std::string &p, const std::string &name = "");
    void readLineTo(std::string &result) { readStringTo(result); }
    void readLineTo(std::string &result, const pattern &p, const std::string &name = "");
    void readLineTo(std::string &result, const std::string &p, const std::string &name = "");
    std::string readString();
    std::string readString(const pattern &p, const std::string &name = "");
    std::string readString(const std::string &p, const std::string &name = "");
    std::string readLine() { return readString(); }
    std::string readLine(const pattern &p, const std::string &name = "") { return readString(p, name); }
    std::string readLine(const std::string &p, const std::string &name = "") { return readString(p, name); }
    std::vector<std::string> readStrings(int size, int base = 1);
    std::vector<std::string> readStrings(int size, const pattern &p, const std::string &name = "", int base = 1);
    std::vector<std::string> readStrings(int size, const std::string &p, const std::string &name = "", int base = 1);
    std::vector<std::string> readLines(int size, int base = 1);
    std::vector<std::string> readLines(int size, const pattern &p, const std::string &name = "", int base = 1);
    std::vector<std::string> readLines(int size, const std::string &p, const std::string &name = "", int base = 1);

    // Ends the program; of streams other than the output, any outcome is a failure.
    NORETURN void quit(TResult result, const char *message);
    NORETURN void quits(TResult result, std::string message) { quit(result, message.c_str()); }
    NORETURN void quitf(TResult result, const char *format, ...) __TESTLIB_FORMAT(3, 4);
    void quitif(bool condition, TResult result, const char *format, ...) __TESTLIB_FORMAT(4, 5);
    void ensuref(bool condition, const char *format, ...) __TESTLIB_FORMAT(3, 4);
    void __testlib_ensure(bool condition, std::string message);

private:
    // The word or line that was read last.
    std::string text;

    template <typename T, typename Read>
    std::vector<T> read_many(const char *what, int size, const std::string &name, int base, bool spaced, Read read);
    template <typename T>
    void check_range(const char *kind, T value, T minv, T maxv, const std::string &shown_min,
                     const std::string &shown_max, const std::string &name);
    void check_pattern(const char *kind, const char *parameter, const std::string &value, const pattern &p,
                       const std::string &name);
    template <typename T>
    void note_bounds(const std::string &name, bool hits_min, bool hits_max, T minv, T maxv);
    template <typename T>
    T ranged_integer(const char *kind, T value, T minv, T maxv, const std::string &name);
    double ranged_real(const char *kind, double value, double minv, double maxv, const std::string &name);
    void read_token_for(const char *kind);
};

InStream inf;
InStream ouf;
InStream ans;

inline InStream::InStream(const InStream &like, std::string text)
    : reader(new __testlib::BlockReader(text)), name("based on " + like.name), mode(like.mode), opened(true),
      strict(like.strict) {}

inline void InStream::close() {
    if (reader != nullptr) {
        reader->close();
        delete reader;
        reader = nullptr;
    }
    opened = false;
}

inline void InStream::init(std::string file_name, TMode mode) {
    name = file_name;
    stdfile = false;
    opened = false;
    this->mode = mode;
    if (std::FILE *file = std::fopen(name.c_str(), "rb")) {
        long bytes = std::fseek(file, 0, SEEK_END) == 0 ? std::ftell(file) : 0;
        std::fclose(file);
        if (bytes > 0 && size_t(bytes) > maxFileSize)
            quitf(_pe, "File size exceeds %d bytes, size is %d", int(maxFileSize), int(bytes));
    }
    reset();
}

inline void InStream::init(std::FILE *file, TMode mode) {
    name = file == stdin ? "stdin" : file == stdout ? "stdout" : file == stderr ? "stderr" : "untitled";
    stdfile = stdfile || name != "untitled";
    opened = false;
    this->mode = mode;
    reset(file);
}

// Opens the file that the stream's name says, or the given one.
inline void InStream::reset(std::FILE *file) {
    if (opened && stdfile)
        quit(_fail, "Can't reset standard handle");
    if (opened)
        close();
    if (!stdfile && file == nullptr) {
        file = std::fopen(name.c_str(), "rb");
        if (file == nullptr && mode == _output)
            quits(_pe, "Output file not found: \"" + name + "\"");
        if (file == nullptr && mode == _answer)
            quits(_fail, "Answer file not found: \"" + name + "\"");
    }
    opened = file != nullptr;
    if (!opened)
        reader = nullptr;
    else if (stdfile)
        reader = new __testlib::CharReader(file);
    else
        reader = new __testlib::BlockReader(file, name);
}

inline void InStream::setTestCase(int testCase) {
    if (testlibMode != _validator || mode != _input || !stdfile || this != &inf)
        __testlib_fail("InStream::setTestCase can be used only for inf in validator-mode. Actually, prefer setTestCase "
                       "function instead of InStream member");
    reader->setTestCase(testCase);
}

inline std::vector<int> InStream::getReadChars() {
    if (testlibMode != _validator || mode != _input || !stdfile || this != &inf)
        __testlib_fail("InStream::getReadChars can be used only for inf in validator-mode.");
    return reader == nullptr ? std::vector<int>() : reader->getReadChars();
}

// Says which test case comes next, from 0 or 1.
inline void setTestCase(int testCase) {
    static const int offset = testCase == 0 ? 1 : 0;
    __testlib_hasTestCase = true;
    __testlib_testCase = testCase + offset;
    if (testlibMode == _validator)
        inf.setTestCase(__testlib_testCase);
}
inline void unsetTestCase() {
    __testlib_hasTestCase = false;
    __testlib_testCase = -1;
}
