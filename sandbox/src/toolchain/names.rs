//! Names that a C++ source has for itself, though our library has them too: GNU's headers declare less.
//!
//! `int stack[100]` or a `long long pow(long long, long long)` of a program's own is no conflict, and no
//! overload, where the headers that it includes do not declare `std::stack` or `std::pow`. Ours, and the
//! precompiled library, bring more along, so that such a name would be ambiguous or, worse, another function
//! would be called. So the source's own names are given others, by macros behind its last include. What does
//! not compile then is compiled as it was. A pure function on text.

use std::fmt::Write as _;

use super::tokens::{Kind, Tokens};

/// Which of GNU's headers (g++ 12, C++17) declare a name: the headers that were asked, then a line a name.
/// Those of the C library are in the global namespace.
const TABLE: &str = include_str!("gnu_names.txt");

/// Words before a name that make it a use and no declaration.
const NO_TYPES: &[&[u8]] = &[
    b"return",
    b"else",
    b"case",
    b"new",
    b"delete",
    b"goto",
    b"throw",
    b"using",
    b"typename",
    b"do",
    b"namespace",
    b"struct",
    b"class",
    b"enum",
    b"union",
    b"operator",
    b"not",
    b"and",
    b"or",
];

/// Renames a source's own names that GNU's headers would leave to it; `None` if there are none.
pub(super) fn with_own_names(source: &[u8]) -> Option<Vec<u8>> {
    let includes = includes(source)?;
    let own = declared_names(source);
    let (headers, names) = TABLE.split_once('\n')?;
    let headers = headers.strip_prefix("headers: ")?;
    if !includes
        .headers
        .iter()
        .all(|it| headers.split(' ').any(|header| header == *it))
    {
        return None;
    }
    let mut defines = String::new();
    for line in names.lines() {
        let (name, declared_by) = line.split_once(':')?;
        let is_declared = declared_by
            .split_whitespace()
            .any(|it| includes.headers.contains(&it));
        if !is_declared && own.binary_search(&name.as_bytes()).is_ok() {
            let _ = writeln!(defines, "#define {name} riddle_{name}");
        }
    }
    if defines.is_empty() {
        return None;
    }
    let (before, after) = source.split_at(includes.end);
    Some([before, defines.as_bytes(), after].concat())
}

/// What a source includes, and where the last line of it ends.
struct Includes<'a> {
    headers: Vec<&'a str>,
    end: usize,
}

/// Reads the include lines; `None` if there are none, or if what is included may depend on anything.
fn includes(source: &[u8]) -> Option<Includes<'_>> {
    let mut found = Includes {
        headers: Vec::new(),
        end: 0,
    };
    let mut at = 0;
    let mut n_open = 0_usize;
    for line in source.split_inclusive(|&it| it == b'\n') {
        at += line.len();
        let text = std::str::from_utf8(line).unwrap_or_default().trim();
        let Some(directive) = text.strip_prefix('#').map(str::trim_start) else {
            continue;
        };
        if directive.starts_with("if") {
            n_open += 1;
        } else if directive.starts_with("endif") {
            n_open = n_open.saturating_sub(1);
        } else if let Some(rest) = directive.strip_prefix("include") {
            let name = rest.trim_start().strip_prefix('<')?.split_once('>')?.0;
            if n_open > 0 || !line.ends_with(b"\n") {
                return None;
            }
            found.headers.push(name);
            found.end = at;
        }
    }
    (!found.headers.is_empty()).then_some(found)
}

/// Returns the names that look declared outside of all braces, and are nowhere a member or qualified.
fn declared_names(source: &[u8]) -> Vec<&[u8]> {
    let tokens: Vec<_> = Tokens::new(source).collect();
    let text = |index: usize| {
        tokens
            .get(index)
            .map_or(&b""[..], |it| &source[it.start..it.end])
    };
    let mut declared: Vec<&[u8]> = Vec::new();
    let mut qualified: Vec<&[u8]> = Vec::new();
    let (mut braces, mut parentheses) = (0_i32, 0_i32);
    for (index, token) in tokens.iter().enumerate() {
        match (token.kind, text(index)) {
            (Kind::Mark, b"{") => braces += 1,
            (Kind::Mark, b"}") => braces -= 1,
            (Kind::Mark, b"(") => parentheses += 1,
            (Kind::Mark, b")") => parentheses -= 1,
            (Kind::Word, name) => {
                let before = index.checked_sub(1).map_or(&b""[..], text);
                let further = index.checked_sub(2).map_or(&b""[..], text);
                let is_qualified = before == b"."
                    || before == b":" && further == b":"
                    || before == b">" && further == b"-";
                if is_qualified {
                    qualified.push(name);
                } else if braces == 0
                    && parentheses == 0
                    && matches!(text(index + 1), b"(" | b"[" | b"=" | b";" | b"," | b"{")
                    && index > 0
                    && match tokens[index - 1].kind {
                        Kind::Word => !NO_TYPES.contains(&before),
                        Kind::Mark => matches!(before, b"*" | b"&" | b">" | b","),
                        _ => false,
                    }
                {
                    declared.push(name);
                }
            }
            _ => {}
        }
    }
    qualified.sort_unstable();
    declared.retain(|it| qualified.binary_search(it).is_err());
    declared.sort_unstable();
    declared.dedup();
    declared
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn renamed(source: &str, expected: &[&str]) {
        let changed = with_own_names(source.as_bytes());
        let changed = changed
            .map(|it| String::from_utf8(it).unwrap())
            .unwrap_or_default();
        let found: Vec<_> = changed
            .lines()
            .filter_map(|it| {
                it.strip_prefix("#define ")?
                    .split_once(' ')
                    .map(|(name, _)| name)
            })
            .collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn names_that_the_included_headers_do_not_declare_are_the_sources_own() {
        let streams = "#include <iostream>\nusing namespace std;\n";
        renamed(
            &format!("{streams}long long pow(long long a, long long b) {{ return a; }}"),
            &["pow"],
        );
        renamed(
            &format!("{streams}int stack[100], queue[5];\nint y1 = 3;"),
            &["queue", "stack", "y1"],
        );
        renamed(
            &format!("#include <cmath>\n{streams}double pow(int a) {{ return a; }}"),
            &[],
        );
        renamed(
            &format!("{streams}int main() {{ int stack[5]; return pow(2, 3); }}"),
            &[],
        );
        renamed(
            &format!("{streams}int lcm(int a) {{ return std::lcm(a, 2); }}"),
            &[],
        );
        renamed("#include <bits/stdc++.h>\nint stack[100];", &[]);
        renamed(
            "#include <iostream>\n#ifdef X\n#include <stack>\n#endif\nint stack[100];",
            &[],
        );
        renamed("#include \"mine.h\"\nint stack[100];", &[]);
        renamed("int stack[100];", &[]);
    }

    #[test]
    fn the_new_names_come_behind_the_includes() {
        let changed = with_own_names(b"#include <cstdio>\nint y1;\n").unwrap();
        assert_eq!(
            String::from_utf8(changed).unwrap(),
            "#include <cstdio>\n#define y1 riddle_y1\nint y1;\n"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(?s)(#include <iostream>\n)?.{0,200}") {
            let _ = with_own_names(text.as_bytes());
        }
    }
}
