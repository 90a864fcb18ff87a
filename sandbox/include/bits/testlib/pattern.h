// testlib: patterns, which tokens are held against and random texts are made of.
//
// `[a-z]{1,5}`, `a|b`, `x?`, `y*`, `z+`, `(...)` at the end; blanks count for nothing unless escaped.
// A repetition takes all that it can and never gives back.
#pragma once

#include <bitset>
#include <tuple>

class random_t;

class pattern {
public:
    pattern(std::string text);

    // Returns a random text that matches.
    std::string next(random_t &random) const;
    bool matches(const std::string &text) const { return matches(text, 0); }
    std::string src() const { return source; }

private:
    bool matches(const std::string &text, size_t at) const;

    std::string source;
    // Characters, each as often as it is named, of which `from` to `to` come first.
    std::vector<char> chars;
    std::bitset<256> is_char;
    int from, to;
    // What may come next, one of these; the end if there is none.
    std::vector<pattern> rest;
};

namespace __testlib {

// The text of a pattern, read from left to right.
struct PatternText {
    const std::string &text;
    size_t at;

    // Returns true if a character is this one and not escaped.
    static bool is_sign(const std::string &text, size_t at, char sign) {
        if (at >= text.length() || text[at] != sign)
            return false;
        size_t slashes = 0;
        while (slashes < at && text[at - slashes - 1] == '\\')
            slashes++;
        return slashes % 2 == 0;
    }
    bool sees(char sign) const { return is_sign(text, at, sign); }
    bool skips(char sign) {
        bool seen = sees(sign);
        at += seen;
        return seen;
    }
    char take() {
        at += text[at] == '\\' ? 2 : 1;
        return text[at - 1];
    }
    NORETURN void refuse() const { __testlib_fail("pattern: Illegal pattern (or part) \"" + text + "\""); }

    // Reads one character, or a set of them in brackets.
    std::vector<char> take_chars() {
        if (at >= text.length())
            refuse();
        if (!skips('['))
            return {take()};
        bool negated = skips('^');
        std::vector<char> chars;
        // The character that a range may begin with.
        char last = 0;
        while (at < text.length() && !sees(']')) {
            if (last == 0 || !skips('-')) {
                if (last != 0)
                    chars.push_back(last);
                last = take();
            } else if (at + 1 == text.length() || sees(']')) {
                chars.push_back(last);
                last = '-';
            } else {
                char end = take();
                if (last > end)
                    refuse();
                for (int c = last; c <= end; c++)
                    chars.push_back(char(c));
                last = 0;
            }
        }
        if (last != 0)
            chars.push_back(last);
        if (!skips(']'))
            refuse();
        if (negated) {
            std::vector<char> others;
            for (int c = 0; c < 255; c++)
                if (std::find(chars.begin(), chars.end(), char(c)) == chars.end())
                    others.push_back(char(c));
            chars.swap(others);
        }
        std::sort(chars.begin(), chars.end());
        return chars;
    }

    // Reads how often that may come: `?`, `*`, `+`, `{n}`, `{n,m}`; once if nothing is said.
    std::pair<int, int> take_counts() {
        if (skips('?'))
            return {0, 1};
        if (skips('*'))
            return {0, INT_MAX};
        if (skips('+'))
            return {1, INT_MAX};
        if (!skips('{'))
            return {1, 1};
        std::vector<std::string> parts(1);
        while (at < text.length() && !sees('}')) {
            if (skips(','))
                parts.push_back("");
            else
                parts.back() += take();
        }
        if (!skips('}'))
            refuse();
        if (parts.back().empty())
            parts.pop_back();
        std::vector<int> counts(parts.size());
        for (size_t i = 0; i < parts.size(); i++)
            if (std::sscanf(parts[i].c_str(), "%d", &counts[i]) != 1)
                refuse();
        if (counts.empty() || counts.size() > 2 || counts.front() > counts.back())
            refuse();
        return {counts.front(), counts.back()};
    }
};

} // namespace __testlib

inline pattern::pattern(std::string source) : source(source), from(0), to(0) {
    std::string text;
    for (size_t i = 0; i < source.length(); i++)
        if (!__testlib::PatternText::is_sign(source, i, ' '))
            text += source[i];
    __testlib::PatternText scan{text, 0};

    int depth = 0;
    size_t first_closed = std::string::npos;
    std::vector<size_t> bars;
    for (scan.at = 0; scan.at < text.length(); scan.at++) {
        if (scan.sees('(')) {
            depth++;
        } else if (scan.sees(')')) {
            depth--;
            if (depth == 0 && first_closed == std::string::npos)
                first_closed = scan.at;
        } else if (depth < 0) {
            scan.refuse();
        } else if (depth == 0 && scan.sees('|')) {
            bars.push_back(scan.at);
        }
    }
    if (depth != 0)
        scan.refuse();
    scan.at = 0;

    if (!bars.empty()) {
        bars.push_back(text.length());
        size_t begin = 0;
        for (size_t bar : bars) {
            rest.push_back(pattern(text.substr(begin, bar - begin)));
            begin = bar + 1;
        }
    } else if (scan.sees('(') && first_closed + 1 == text.length()) {
        rest.push_back(pattern(text.substr(1, text.length() - 2)));
    } else {
        chars = scan.take_chars();
        for (char c : chars)
            is_char[(unsigned char)c] = true;
        std::tie(from, to) = scan.take_counts();
        if (scan.at < text.length())
            rest.push_back(pattern(text.substr(scan.at)));
    }
}

inline bool pattern::matches(const std::string &text, size_t at) const {
    if (to > 0) {
        int count = 0;
        while (count < to && at < text.length() && is_char[(unsigned char)text[at]])
            count++, at++;
        if (count < from)
            return false;
    }
    for (const pattern &next : rest)
        if (next.matches(text, at))
            return true;
    return rest.empty() && at == text.length();
}
