//! What is read off a C++ source's text, and the one change that is made to it.
//!
//! Pure functions on text: nothing here runs a compiler.

use crate::setup::recipe;

/// Lines at the start of a source that are searched for a header with a precompiled form.
const MAX_LEADING_LINES: usize = 200;

/// Headers that take the compiler longer to read than the whole library takes it precompiled.
const DEAR_HEADERS: &[&str] = &[
    "algorithm",
    "array",
    "bitset",
    "chrono",
    "cmath",
    "complex",
    "deque",
    "fstream",
    "functional",
    "iomanip",
    "ios",
    "iostream",
    "istream",
    "iterator",
    "limits",
    "list",
    "map",
    "math.h",
    "memory",
    "numeric",
    "optional",
    "ostream",
    "queue",
    "random",
    "regex",
    "set",
    "sstream",
    "stack",
    "stdexcept",
    "string",
    "string_view",
    "tuple",
    "unordered_map",
    "unordered_set",
    "utility",
    "valarray",
    "variant",
    "vector",
];
/// What the compiler says of a specialization that comes too late, since the instance was precompiled.
const TOO_LATE: &str = " after instantiation";

/// Which precompiled headers stand for what a source includes before anything that could change what
/// headers mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Precompiled {
    /// The header to begin with; it may hold more than what the source includes.
    pub(super) first: Option<&'static str>,
    /// The header that holds no more than that; `None` is none at all.
    pub(super) exact: Option<&'static str>,
    /// The source asks for all that `first` has.
    asks_for_all: bool,
}

impl Precompiled {
    /// Only includes of the form `#include <name>`, blank lines, comments and pragmas about optimisation
    /// may come first. Headers of the standard library may be included in any order, so that having the
    /// precompiled one come before the others changes nothing.
    pub(super) fn of(source: &[u8]) -> Self {
        let source = String::from_utf8_lossy(source);
        let included = leading_includes(&source);
        let whole = included.contains(&recipe::WHOLE_LIBRARY);
        let is_dear = included.iter().any(|it| DEAR_HEADERS.contains(it));
        let streams = !whole && included.contains(&recipe::STREAMS);
        Self {
            first: (whole || is_dear).then_some(recipe::WHOLE_LIBRARY),
            exact: streams.then_some(recipe::STREAMS),
            asks_for_all: whole,
        }
    }

    /// Returns true if a source that was rejected with these messages may be taken with the exact header: a
    /// name that is the source's and also the library's makes messages that lead into the library.
    pub(super) fn may_be_in_the_way(self, messages: &str) -> bool {
        let is_of_library = |line: &str| {
            !line.starts_with("main.cpp:")
                && (line.contains(": error: ") || line.contains(": note: "))
        };
        self.first != self.exact
            && (messages.contains(TOO_LATE)
                || !self.asks_for_all && messages.lines().any(is_of_library))
    }
}

/// Returns the headers that are included before anything else.
fn leading_includes(source: &str) -> Vec<&str> {
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
    included
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
    fn check(source: &str, first: Option<&str>, exact: Option<&str>) {
        let found = Precompiled::of(source.as_bytes());
        assert_eq!((found.first, found.exact), (first, exact), "{source}");
    }

    #[test]
    fn the_whole_library_stands_for_its_parts() {
        let (all, streams) = (Some("bits/stdc++.h"), Some("iostream"));
        check("#include <bits/stdc++.h>\nint main() {}", all, None);
        check("#include <iostream>", all, streams);
        check("\u{feff}# include<iostream> // io\r\n", all, streams);
        check("#include <iostream>\n#include <bits/stdc++.h>", all, None);
        check(
            "#include <vector>\n\n#include <iostream>\nusing namespace std;",
            all,
            streams,
        );
        check("#include <cstdio>\n#include <vector>", all, None);
        check(
            "/* by\n me */ // of course\n#include <bits/stdc++.h>",
            all,
            None,
        );
        check("#pragma GCC optimize(\"O3\")\n#include <map>", all, None);
        check("#include <iostream>\n/* never closed", all, streams);
    }

    #[test]
    fn cheap_headers_are_read_as_they_are() {
        check("", None, None);
        check("#include <cstdio>\n#include <string.h>", None, None);
        check("#include <vectors>\n#include <bits/extc++.h>", None, None);
    }

    #[test]
    fn whatever_may_change_a_header_comes_in_the_way() {
        for source in [
            "#define int long long\n#include <iostream>",
            "#pragma pack(1)\n#include <iostream>",
            "#ifdef X\n#include <iostream>\n#endif",
            "int x;\n#include <iostream>",
            "/*\n#include <iostream>\n",
            "// \\\n#include <iostream>",
            "#include <cstdio> \\\n\n#include <iostream>",
            "#include <vector> int x;\n#include <iostream>",
        ] {
            check(source, None, None);
        }
    }

    #[test]
    fn only_messages_that_lead_into_the_library_call_for_the_exact_header() {
        let own = "main.cpp:3:1: error: use of undeclared identifier 'x'\n2 errors generated.\n";
        let both = "main.cpp:3:1: error: reference to 'set' is ambiguous\n\
                    c++/v1/set:576:7: note: candidate found by name lookup is 'std::set'\n";
        let too_late =
            "main.cpp:3:1: error: explicit specialization of 'less<int>' after instantiation";
        let part = Precompiled::of(b"#include <iostream>");
        let whole = Precompiled::of(b"#include <bits/stdc++.h>");
        let none = Precompiled::of(b"#include <cstdio>");
        for (messages, expected) in [
            (own, [false, false, false]),
            (both, [true, false, false]),
            (too_late, [true, true, false]),
        ] {
            let found = [part, whole, none].map(|it| it.may_be_in_the_way(messages));
            assert_eq!(found, expected, "{messages}");
        }
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
