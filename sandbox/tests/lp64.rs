//! A `long` is 64 bits wide, as on a judge, though wasm32 has another. Needs the toolchain that
//! `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use riddle_sandbox::Language;

use common::check;

#[track_caller]
fn check_cpp(main: &str, input: &str, expected: &str) {
    let source = format!("#include <bits/stdc++.h>\nusing namespace std; int main() {{ {main} }}");
    check(Language::Cpp, &source, input, expected);
}

#[track_caller]
fn check_c(main: &str, input: &str, expected: &str) {
    let source = format!("#include <stdio.h>\n#include <string.h>\nint main(void) {{ {main} }}");
    check(Language::C, &source, input, expected);
}

#[test]
fn long_holds_64_bits() {
    check_cpp(
        "long a = 3000000000; unsigned long b = 1ul << 63; cout << a * a << ' ' << b << ' ' << sizeof(long);",
        "",
        "9000000000000000000 9223372036854775808 8",
    );
    check_cpp(
        "cout << LONG_MAX << ' ' << numeric_limits<long>::min() << ' ' << stol(\"99999999999\") << ' '
              << __builtin_popcountl(-1L) << ' ' << labs(-1L << 40);",
        "",
        "9223372036854775807 -9223372036854775808 99999999999 64 1099511627776",
    );
}

#[test]
fn long_is_what_int64_t_is() {
    check_cpp(
        "int64_t a = 5; long b = 7; cout << max(a, b) << max(b, 1L) << gcd(a, b) << max(b, chrono::seconds(3).count());",
        "",
        "7717",
    );
}

#[test]
fn formats_are_read_by_the_length_of_their_arguments() {
    check_cpp(
        "long a; long long b; int c; scanf(\"%ld %ld %lld\", &a, &b, &c);
         printf(\"%ld %5ld|%lld %d %lu %zu\\n\", a, b, c, b, string(\"abc\").size(), sizeof(int));
         std::printf(\"%lx\", a);",
        "1099511627776 7 9",
        "1099511627776     7|9 7 3 4\n10000000000",
    );
    check_c(
        "long long a; sscanf(\"12345678901\", \"%I64d\", &a); char s[99]; sprintf(s, \"%ld %lu %d\", a, strlen(\"abc\"), 1);
         fprintf(stdout, \"%s %I64d\", s, a);",
        "",
        "12345678901 3 1 12345678901",
    );
}

#[test]
fn a_program_that_the_change_would_break_is_compiled_as_it_is() {
    check(
        Language::Cpp,
        "#include <iostream>
         void f(long) { std::cout << 1; } void f(long long) { std::cout << 2; } int main() { f(0L); f(0LL); }",
        "",
        "12",
    );
}
