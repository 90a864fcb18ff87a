//! The change to a C or C++ source that makes its `long` what it is on a judge: 64 bits wide.
//!
//! wasm32 has a `long` of 32 bits and no compiler option says otherwise, but `long long` is all that
//! `long` is on a judge. So each `long` becomes `long long`, and with it the literals, limits and
//! functions that are made for one. A pure function on tokens: it knows no types and no macros, and what it
//! spoils does not compile, for which its caller keeps the source as it was. Formats that no longer fit
//! are for [`super::formats`]; `size_t` and pointers keep their 32 bits.

use super::tokens::{Kind, Tokens};

/// Words that stand beside `long` in one type: among them, one `long` alone becomes two.
const SPECIFIERS: &[&[u8]] = &[
    b"const",
    b"constexpr",
    b"extern",
    b"inline",
    b"int",
    b"long",
    b"mutable",
    b"register",
    b"signed",
    b"static",
    b"typedef",
    b"unsigned",
    b"volatile",
];
/// Words that make another type of a `long` beside them.
const OTHER_TYPES: &[&[u8]] = &[b"double", b"_Complex", b"__complex__"];

/// What is named for a `long`, and the same for a `long long`.
const NAMES: &[(&[u8], &[u8])] = &[
    (b"LONG_MAX", b"LLONG_MAX"),
    (b"LONG_MIN", b"LLONG_MIN"),
    (b"ULONG_MAX", b"ULLONG_MAX"),
    (b"__LONG_MAX__", b"__LONG_LONG_MAX__"),
    (b"__builtin_clzl", b"__builtin_clzll"),
    (b"__builtin_ctzl", b"__builtin_ctzll"),
    (b"__builtin_ffsl", b"__builtin_ffsll"),
    (b"__builtin_parityl", b"__builtin_parityll"),
    (b"__builtin_popcountl", b"__builtin_popcountll"),
    (b"__u_long", b"unsigned long long"),
    (b"atol", b"atoll"),
    (b"ffsl", b"ffsll"),
    (b"int_fast16_t", b"int_fast64_t"),
    (b"int_fast32_t", b"int_fast64_t"),
    (b"labs", b"llabs"),
    (b"ldiv", b"lldiv"),
    (b"ldiv_t", b"lldiv_t"),
    (b"lrint", b"llrint"),
    (b"lround", b"llround"),
    (b"stol", b"stoll"),
    (b"stoul", b"stoull"),
    (b"strtol", b"strtoll"),
    (b"strtoul", b"strtoull"),
    (b"uint_fast16_t", b"uint_fast64_t"),
    (b"uint_fast32_t", b"uint_fast64_t"),
    (b"__builtin_umull_overflow", b"__builtin_umulll_overflow"),
    (b"__builtin_usubl_overflow", b"__builtin_usubll_overflow"),
    (b"__builtin_uaddl_overflow", b"__builtin_uaddll_overflow"),
    (b"__builtin_smull_overflow", b"__builtin_smulll_overflow"),
    (b"__builtin_ssubl_overflow", b"__builtin_ssubll_overflow"),
    (b"__builtin_saddl_overflow", b"__builtin_saddll_overflow"),
    (b"__SIZEOF_LONG__", b"__SIZEOF_LONG_LONG__"),
    (b"wcstoul", b"wcstoull"),
    (b"wcstol", b"wcstoll"),
    (b"lrintf", b"llrintf"),
    (b"lrintl", b"llrintl"),
    (b"lroundf", b"llroundf"),
    (b"lroundl", b"llroundl"),
    (b"to_ulong", b"to_ullong"),
];

/// Returns the source with a `long` of 64 bits, or `None` if there is nothing to change.
///
/// Also changes `%I64d`, which only Windows knows, and in C a `void main`, which a judge's loader does not
/// mind and ours does. Takes time linear in the source; lines stay where they are.
///
/// A `long`, or a literal, on one of the lines in `but`, which count from one and ascend, stays as it is: overloads for
/// `long` and for `long long` are two functions on a judge, and would become one.
pub(super) fn with_64_bit_long(source: &[u8], is_c: bool, but: &[usize]) -> Option<Vec<u8>> {
    let mut changed = Vec::with_capacity(source.len() + source.len() / 16);
    let mut copied = 0;
    let mut run = Run::default();
    let mut before = Before::Other;
    let mut change = |range: std::ops::Range<usize>, with: &[u8]| {
        changed.extend_from_slice(&source[copied..range.start]);
        changed.extend_from_slice(with);
        copied = range.end;
    };
    let (mut line, mut counted) = (1, 0);
    for token in Tokens::new(source) {
        if !but.is_empty() {
            let between = &source[counted..token.start];
            line += between.split(|it| *it == b'\n').count() - 1;
            counted = token.start;
        }
        let text = &source[token.start..token.end];
        if token.kind == Kind::Word && SPECIFIERS.contains(&text) {
            run.longs += u32::from(text == b"long");
            // More than one is left as it is, so that only the first can ever be doubled.
            if text == b"long" && run.longs == 1 {
                run.is_other |= but.binary_search(&line).is_ok();
                run.at = token.start..token.end;
            }
            before = Before::Other;
            continue;
        }
        run.is_other |= token.kind == Kind::Word && OTHER_TYPES.contains(&text);
        if let Some(long) = std::mem::take(&mut run).single() {
            change(long, b"long long");
        }
        let was = std::mem::replace(&mut before, Before::Other);
        match token.kind {
            Kind::Word if OTHER_TYPES.contains(&text) => run.is_other = true,
            Kind::Word if is_c && text == b"void" => before = Before::Void(token.start),
            Kind::Word if text == b"main" => {
                if let Before::Void(at) = was {
                    before = Before::VoidMain(at, token.end);
                }
            }
            Kind::Word => {
                if let Some((_, name)) = NAMES.iter().find(|(name, _)| *name == text) {
                    change(token.start..token.end, name);
                }
            }
            Kind::Number => {
                if let Some(at) = single_long_suffix(text)
                    && but.binary_search(&line).is_err()
                {
                    let at = token.start + at;
                    change(at..at, &source[at..=at]);
                }
            }
            Kind::String => windows_formats(text, |at| {
                change(token.start + at..token.start + at + 3, b"ll");
            }),
            Kind::Mark => {
                if let (Before::VoidMain(at, end), b"(") = (was, text) {
                    change(at..end, &source_main(&source[at..end]));
                }
            }
            Kind::Break => {}
        }
    }
    if let Some(long) = run.single() {
        change(long, b"long long");
    }
    (copied > 0).then(|| {
        changed.extend_from_slice(&source[copied..]);
        changed
    })
}

/// Specifiers that follow one another.
#[derive(Default)]
struct Run {
    longs: u32,
    /// Whether a word among them makes another type.
    is_other: bool,
    /// Where the first `long` is.
    at: std::ops::Range<usize>,
}

impl Run {
    fn single(self) -> Option<std::ops::Range<usize>> {
        (self.longs == 1 && !self.is_other).then_some(self.at)
    }
}

/// What the last token began: the way to `void main (`.
#[derive(Clone, Copy)]
enum Before {
    Other,
    Void(usize),
    VoidMain(usize, usize),
}

/// Returns `void … main` as `int … main`.
fn source_main(text: &[u8]) -> Vec<u8> {
    [b"int ", &text[b"void".len()..]].concat()
}

/// Returns where the one `l` is in the suffix of an integer, if it has one alone.
fn single_long_suffix(number: &[u8]) -> Option<usize> {
    let is_hex = matches!(number, [b'0', b'x' | b'X', ..]);
    let n_suffix = number
        .iter()
        .rev()
        .take_while(|it| matches!(it, b'u' | b'U' | b'l' | b'L'))
        .count();
    let (digits, suffix) = number.split_at(number.len() - n_suffix);
    let is_integer = digits.iter().all(|&it| {
        it.is_ascii_digit()
            || it == b'\''
            || if is_hex {
                it.is_ascii_hexdigit() || it == b'x' || it == b'X'
            } else {
                it == b'b' || it == b'B'
            }
    });
    let mut longs = (0..n_suffix).filter(|&it| matches!(suffix[it], b'l' | b'L'));
    match (longs.next(), longs.next()) {
        (Some(at), None) if is_integer && n_suffix <= 2 => Some(digits.len() + at),
        _ => None,
    }
}

/// Calls back with the place of each `I64` in a string's formats.
fn windows_formats(string: &[u8], mut found: impl FnMut(usize)) {
    let mut at = 0;
    while at < string.len() {
        if string[at] != b'%' {
            at += 1;
            continue;
        }
        at += 1;
        let flags = string[at..]
            .iter()
            .take_while(|it| matches!(it, b'-' | b'+' | b' ' | b'#' | b'.' | b'*' | b'0'..=b'9'))
            .count();
        at += flags;
        match &string[at..] {
            [b'%', ..] if flags == 0 => at += 1,
            [
                b'I',
                b'6',
                b'4',
                b'd' | b'i' | b'o' | b'u' | b'x' | b'X',
                ..,
            ] => {
                found(at);
                at += 4;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn changed(source: &str, is_c: bool) -> Option<String> {
        with_64_bit_long(source.as_bytes(), is_c, &[]).map(|it| String::from_utf8(it).unwrap())
    }

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(changed(source, false).as_deref(), Some(expected));
    }

    #[track_caller]
    fn check_same(source: &str) {
        assert_eq!(changed(source, false), None, "{source}");
    }

    #[test]
    fn one_long_becomes_two() {
        check("long x;", "long long x;");
        check("x = (long)", "x = (long long)");
        check("unsigned long const y;", "unsigned long long const y;");
        check("long int f(long a)", "long long int f(long long a)");
        check(
            "long /* a */ unsigned\nint x;",
            "long long /* a */ unsigned\nint x;",
        );
        check("vector<long> v; long", "vector<long long> v; long long");
        check(
            "#define ll long\nlong long x;",
            "#define ll long long\nlong long x;",
        );
        check(
            "#define A(x) (long) \\\n x",
            "#define A(x) (long long) \\\n x",
        );
    }

    #[test]
    fn other_types_stay() {
        check_same("long long x; long unsigned long y; unsigned long long int z;");
        check_same("long double x; double long y; const long double z = 1.5L;");
        check_same("longer = my_long + long_; belong();");
        check_same("#define long long long\n");
    }

    #[test]
    fn text_stays() {
        check_same(
            "// long x\n/* long\n y */ \"long 1L\" 'l' R\"(long \" 1L)\" R\"a(long)\" 1L )a\"",
        );
        check_same("#include <long> // 1L\n#pragma long\n # include \"long\"");
        check_same("// a \\\n long x\n\"a \\\n long\"");
    }

    #[test]
    fn literals_take_a_second_l() {
        check(
            "1L 1l 1UL 1Lu 0xFFL 0b1L 1'000L 07uL",
            "1LL 1ll 1ULL 1LLu 0xFFLL 0b1LL 1'000LL 07uLL",
        );
        check_same("1LL 1ull 1u 1 1.L 1.0L 1e5L .5l 0x1p3L 1_L 1fL 0xe+1");
    }

    #[test]
    fn names_follow() {
        check("std::stol(s) + LONG_MAX", "std::stoll(s) + LLONG_MAX");
        check("int_fast32_t x;", "int_fast64_t x;");
        check_same("xLONG_MAX atol_ strtold size_t");
    }

    #[test]
    fn formats_of_windows_are_read() {
        check(
            r#""%I64d %5I64u%%I64d %I64s""#,
            r#""%lld %5llu%%I64d %I64s""#,
        );
        check_same(r#""%lld %d I64d %""#);
    }

    #[test]
    fn lines_that_are_named_stay() {
        let source = b"void p(long);\nvoid p(long long);\nlong x;\n";
        let changed = with_64_bit_long(source, false, &[1, 2]).unwrap();
        assert_eq!(
            String::from_utf8(changed).unwrap(),
            "void p(long);\nvoid p(long long);\nlong long x;\n"
        );
    }

    #[test]
    fn main_returns_something_in_c() {
        assert_eq!(
            changed("void main(void) {}", true).as_deref(),
            Some("int  main(void) {}")
        );
        assert_eq!(
            changed("void\nmain () {}", true).as_deref(),
            Some("int \nmain () {}")
        );
        for source in ["void main() {}", "int main(void) {}"] {
            assert_eq!(changed(source, false), None);
        }
        for source in [
            "void f(void); int main() {}",
            "void mainly() {}",
            "void main;",
        ] {
            assert_eq!(changed(source, true), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(source in proptest::collection::vec(any::<u8>(), 0..200), is_c: bool) {
            let _ = with_64_bit_long(&source, is_c, &[2, 3]);
        }

        /// What was changed once has nothing left to change, and as many lines.
        #[test]
        fn a_change_is_whole(
            pieces in proptest::collection::vec(
                proptest::sample::select(vec![
                    "long", "int", "unsigned", "double", " ", "\n", "\\\n", "1L", "0x1UL", "\"", "'", "//",
                    "/*", "*/", "#define ", "#include ", "R\"(", ")\"", "%I64d", "LONG_MAX", "x", "(", ";",
                ]),
                0..40,
            ),
        ) {
            let source = pieces.concat();
            if let Some(once) = changed(&source, false) {
                prop_assert_eq!(once.lines().count(), source.lines().count());
                prop_assert_eq!(changed(&once, false), None);
            }
        }
    }
}
