// testlib: where a stream's characters come from.
//
// Two kinds, since they differ in what a program can notice: a file is read in blocks and holds any byte;
// standard input is read one by one, as its other end may wait for an answer, and ends at a byte of 255.
#pragma once

class InputStreamReader {
public:
    virtual ~InputStreamReader() {}
    // The next character, or `EOFC`.
    virtual int curChar() = 0;
    // The same, and moves on.
    virtual int nextChar() = 0;
    virtual void unreadChar(int c) = 0;
    virtual bool eof() = 0;
    // The line of the next character, from 1; -1 if lines are not counted.
    virtual int getLine() = 0;
    virtual void close() = 0;
    void skipChar() { nextChar(); }

    // Notes that a test case begins here.
    virtual void setTestCase(int) { __testlib_fail("setTestCase not implemented in this reader"); }
    // What was read so far: characters, -1 for the end, and test cases by their number + 256.
    virtual std::vector<int> getReadChars() { __testlib_fail("getReadChars not implemented in this reader"); }
};

namespace __testlib {

class BlockReader : public InputStreamReader {
    static const size_t BLOCK_BYTES = 1 << 16;

    std::FILE *file;
    std::string name;
    std::string block;
    size_t at = 0;
    int line;

    // Returns true if there is a next character.
    bool fill() {
        if (at < block.size() || file == nullptr)
            return at < block.size();
        block.resize(BLOCK_BYTES);
        block.resize(std::fread(&block[0], 1, BLOCK_BYTES, file));
        at = 0;
        if (block.size() < BLOCK_BYTES && std::ferror(file))
            __testlib_fail("BufferedFileInputStreamReader: unable to read (" + name + ")");
        return !block.empty();
    }

public:
    BlockReader(std::FILE *file, const std::string &name) : file(file), name(name), line(1) {}
    // Reads a text, whose lines are not counted.
    explicit BlockReader(const std::string &text) : file(nullptr), block(text), line(-1) {}

    int curChar() override { return fill() ? block[at] : EOFC; }
    int nextChar() override {
        if (!fill())
            return EOFC;
        char c = block[at++];
        if (c == LF && line > 0)
            line++;
        return c;
    }
    void unreadChar(int c) override {
        // The end is met again anyway.
        if (c == EOFC)
            return;
        if (c == LF && line > 0)
            line--;
        if (at > 0)
            block[--at] = char(c);
        else
            block.insert(block.begin(), char(c));
    }
    bool eof() override { return !fill(); }
    int getLine() override { return line; }
    void close() override {
        if (file != nullptr)
            std::fclose(file);
        file = nullptr;
    }
};

class CharReader : public InputStreamReader {
    struct Unread {
        int c;
        // What was read in its place.
        int read;
    };

    std::FILE *file;
    int line = 1;
    std::vector<Unread> unread;
    std::vector<int> read;

    // Once the end was met, nothing comes any more, even if it was put back.
    bool ended() const { return file == nullptr || std::feof(file); }
    static int code(int c) { return c == EOF ? EOFC : c; }

public:
    explicit CharReader(std::FILE *file) : file(file) {}

    int curChar() override {
        if (ended())
            return EOFC;
        if (unread.empty()) {
            int c = std::getc(file);
            unread.push_back({c, c});
        }
        return code(unread.back().c);
    }
    int nextChar() override {
        if (ended())
            return EOFC;
        Unread next;
        if (unread.empty()) {
            next.c = next.read = std::getc(file);
        } else {
            next = unread.back();
            unread.pop_back();
        }
        if (next.c == LF)
            line++;
        read.push_back(next.read);
        return code(next.c);
    }
    void unreadChar(int c) override {
        if (c == LF)
            line--;
        if (read.empty()) {
            unread.push_back({c, c});
        } else {
            unread.push_back({c, read.back()});
            read.pop_back();
        }
    }
    bool eof() override {
        int c = nextChar();
        if (c != EOFC)
            unreadChar(c);
        return c == EOFC;
    }
    int getLine() override { return line; }
    void close() override {
        if (file != nullptr)
            std::fclose(file);
        file = nullptr;
    }

    void setTestCase(int testCase) override {
        if (testCase < 0 || testCase > __TESTLIB_MAX_TEST_CASE)
            __testlib_fail(testlib_format_("testCase expected fit in [1,%d], but %d doesn't", __TESTLIB_MAX_TEST_CASE,
                                           testCase));
        read.push_back(testCase + 256);
    }
    std::vector<int> getReadChars() override { return read; }
};

} // namespace __testlib
