//! What is read off a C++ source's text, and the one change that is made to it.
//!
//! Pure functions on text: nothing here runs a compiler.

use crate::setup::recipe;

/// Lines at the start of a source that are searched for a header with a precompiled form.
const MAX_LEADING_LINES: usize = 200;

/// Returns the header with a precompiled form that the source includes before anything that could
/// change what headers mean.
///
/// Only includes of the form `#include <name>`, blank lines, comments and pragmas about optimisation
/// may come first. Headers of the standard library may be included in any order, so that having the
/// precompiled one come before the others changes nothing.
pub(super) fn precompiled_header(source: &[u8]) -> Option<&'static str> {
    let source = String::from_utf8_lossy(source);
    let mut included = Vec::new();
    let mut rest = source.trim_start_matches('\u{feff}');
    for _ in 0..MAX_LEADING_LINES {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("/*") {
            let Some((_, after)) = comment.split_once("*/") else {
                break;
            };
            rest = after;
            continue;
        }
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        // Such a line goes on in the next one.
        if line.trim_end().ends_with('\\') {
            break;
        }
        if !line.starts_with("//") {
            let Some(directive) = line.strip_prefix('#') else {
                break;
            };
            match included_name(directive) {
                Some(name) => included.push(name),
                None if is_harmless_pragma(directive) => {}
                None => break,
            }
        }
        rest = next;
    }
    recipe::PRECOMPILED
        .iter()
        .map(|&(header, _)| header)
        .find(|it| included.contains(it))
}

/// Returns the name in `include <name>`, with nothing but a comment after it.
fn included_name(directive: &str) -> Option<&str> {
    let name = directive.trim_start().strip_prefix("include")?;
    let (name, after) = name.trim_start().strip_prefix('<')?.split_once('>')?;
    let after = after.trim();
    (after.is_empty() || after.starts_with("//")).then_some(name)
}

fn is_harmless_pragma(directive: &str) -> bool {
    let mut words = directive.split_whitespace();
    words.next() == Some("pragma")
        && words.next() == Some("GCC")
        && words
            .next()
            .is_some_and(|it| it.starts_with("optimize") || it.starts_with("target"))
}

/// Takes `constexpr` from the variables that the compiler's messages say have no constant value, such
/// as `constexpr double PI = acos(-1)`: GNU's compiler knows more functions by value. What is left is a
/// `const` that gets its value when the program starts. Returns `None` if there is nothing to take.
pub(super) fn without_failed_constexpr(source: &[u8], messages: &str) -> Option<Vec<u8>> {
    const FROM: &[u8] = b"constexpr";
    const TO: &[u8] = b"const    ";

    let mut lines: Vec<Vec<u8>> = source
        .split(|&it| it == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let mut is_changed = false;
    for message in messages.lines() {
        let Some(place) = message
            .strip_prefix("main.cpp:")
            .and_then(|it| it.split_once(": error: constexpr variable '"))
            .map(|(place, _)| place)
        else {
            continue;
        };
        let number = place
            .split(':')
            .next()
            .and_then(|it| it.parse::<usize>().ok());
        let line = number.and_then(|it| lines.get_mut(it.checked_sub(1)?));
        let Some(line) = line else { continue };
        if let Some(at) = line.windows(FROM.len()).position(|it| it == FROM) {
            line[at..at + FROM.len()].copy_from_slice(TO);
            is_changed = true;
        }
    }
    is_changed.then(|| lines.join(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: Option<&str>) {
        assert_eq!(precompiled_header(source.as_bytes()), expected, "{source}");
    }

    #[test]
    fn headers_with_a_precompiled_form_are_found() {
        let (all, some) = (Some("bits/stdc++.h"), Some("iostream"));
        check("#include <bits/stdc++.h>\nint main() {}", all);
        check("#include <iostream>", some);
        check("\u{feff}# include<iostream> // io\r\n", some);
        check("#include <iostream>\n#include <bits/stdc++.h>", all);
        check(
            "#include <vector>\n\n#include <iostream>\nusing namespace std;",
            some,
        );
        check("/* by\n me */ // of course\n#include <bits/stdc++.h>", all);
        check(
            "#pragma GCC optimize(\"O3\")\n#include <bits/stdc++.h>",
            all,
        );
        check("#include <iostream>\n/* never closed", some);
    }

    #[test]
    fn whatever_may_change_a_header_comes_in_the_way() {
        check("", None);
        check("#include <vector>", None);
        check("#define int long long\n#include <iostream>", None);
        check("#pragma pack(1)\n#include <iostream>", None);
        check("#ifdef X\n#include <iostream>\n#endif", None);
        check("int x;\n#include <iostream>", None);
        check("/*\n#include <iostream>\n", None);
        check("// \\\n#include <iostream>", None);
        check("#include <cstdio> \\\n\n#include <iostream>", None);
        check("#include <vector> int x;\n#include <iostream>", None);
    }

    #[test]
    fn only_the_variable_that_failed_loses_its_constexpr() {
        let source = b"constexpr int N = 5;\nconstexpr double PI = acos(-1);\n";
        let message =
            "main.cpp:2:18: error: constexpr variable 'PI' must be initialized by a constant";
        let changed = without_failed_constexpr(source, message).unwrap();
        assert_eq!(
            changed,
            b"constexpr int N = 5;\nconst     double PI = acos(-1);\n"
        );
        assert_eq!(without_failed_constexpr(&changed, message), None);
    }

    #[test]
    fn other_messages_change_nothing() {
        for message in [
            "",
            "main.cpp:1:1: error: expected expression",
            "main.cpp:0:1: error: constexpr variable 'x' must be",
            "main.cpp:99:1: error: constexpr variable 'x' must be",
            "main.cpp:99999999999999999999:1: error: constexpr variable 'x' must be",
            "main.cpp: error: constexpr variable 'x' must be",
        ] {
            let source = b"constexpr int x = f();";
            assert_eq!(without_failed_constexpr(source, message), None, "{message}");
        }
    }
}
