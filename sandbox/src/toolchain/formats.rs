//! Formats of `printf` and `scanf` whose integers have another length than their arguments.
//!
//! On a judge `%ld` prints a `long long`, and `%d` one that is small; wasm32 passes arguments in memory, so
//! that each must be read by its own length. The compiler knows the lengths: this reads its suggestions
//! off its messages and takes those that change nothing but a length. Pure functions on text.

/// Flags for the compiler proper that make it tell of formats, and of nothing else that is no error.
pub(super) const FLAGS: &[&str] = &[
    "-Wno-everything",
    "-Wformat",
    "-fdiagnostics-parseable-fixits",
];

/// How a suggestion begins.
const SUGGESTION: &str = "fix-it:\"";

/// Returns true if a C source calls functions that it does not declare and whose types the compiler does
/// not know by itself.
pub(super) fn calls_undeclared(messages: &str) -> bool {
    messages.contains(": warning: call to undeclared function '")
}

/// Returns true for the lines of messages that [`FLAGS`] adds.
pub(super) fn is_about_formats(line: &str) -> bool {
    line.starts_with(SUGGESTION)
        || line.contains(": warning: ")
        // The count at the end.
        || line.ends_with(" generated.")
}

/// Returns the source with the lengths that the compiler suggests for the file of this name, or `None` if it
/// suggests none.
pub(super) fn with_suggested_lengths(source: &[u8], path: &str, messages: &str) -> Option<Vec<u8>> {
    let mut suggestions: Vec<Suggestion<'_>> = messages
        .lines()
        .filter_map(|line| Suggestion::read(line, path))
        .collect();
    suggestions.sort_unstable();
    let mut lines = source.split(|&it| it == b'\n').enumerate();
    let mut suggestions = suggestions.into_iter().peekable();
    let mut changed = Vec::with_capacity(source.len() + 64);
    let mut is_changed = false;
    for (n, line) in &mut lines {
        if n > 0 {
            changed.push(b'\n');
        }
        let mut copied = 0;
        while let Some(it) = suggestions.next_if(|it| it.line <= n + 1) {
            let Some(old) = line.get(it.start..it.end) else {
                continue;
            };
            if it.line < n + 1 || it.start < copied || !is_other_length(old, it.text.as_bytes()) {
                continue;
            }
            changed.extend_from_slice(&line[copied..it.start]);
            changed.extend_from_slice(it.text.as_bytes());
            copied = it.end;
            is_changed = true;
        }
        changed.extend_from_slice(&line[copied..]);
    }
    is_changed.then_some(changed)
}

/// One suggestion: what to put in the place of some bytes of a line.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Suggestion<'a> {
    /// Counts from one.
    line: usize,
    /// First byte, from zero, and the one behind the last.
    start: usize,
    end: usize,
    text: &'a str,
}

impl<'a> Suggestion<'a> {
    /// Reads `fix-it:"PATH":{3:9-3:12}:"%lld"`.
    fn read(line: &'a str, path: &str) -> Option<Self> {
        let rest = line.strip_prefix(SUGGESTION)?.strip_prefix(path)?;
        let (range, text) = rest.strip_prefix("\":{")?.split_once("}:\"")?;
        let (from, to) = range.split_once('-')?;
        let (from_line, from_column) = from.split_once(':')?;
        let (to_line, to_column) = to.split_once(':')?;
        let column = |it: &str| it.parse::<usize>().ok()?.checked_sub(1);
        (from_line == to_line).then_some(())?;
        Some(Self {
            line: from_line.parse().ok()?,
            start: column(from_column)?,
            end: column(to_column)?,
            text: text.strip_suffix('"')?,
        })
    }
}

/// Returns true if both are conversions of integers that differ in nothing but the length and the sign.
fn is_other_length(old: &[u8], new: &[u8]) -> bool {
    matches!((conversion(old), conversion(new)), (Some(old), Some(new)) if old == new)
}

/// Splits `%-5ld` into what is no length: `-5`, and whether the digits are decimal.
fn conversion(text: &[u8]) -> Option<(&[u8], bool)> {
    let (&last, rest) = text.strip_prefix(b"%")?.split_last()?;
    let is_decimal = match last {
        b'd' | b'i' | b'u' => true,
        b'o' | b'x' | b'X' => false,
        _ => return None,
    };
    let n_length = rest
        .iter()
        .rev()
        .take_while(|it| matches!(it, b'l' | b'h' | b'j' | b'z' | b't' | b'q'))
        .count();
    let flags = &rest[..rest.len() - n_length];
    flags
        .iter()
        .all(|it| {
            matches!(
                it,
                b'-' | b'+' | b' ' | b'#' | b'.' | b'*' | b'0'..=b'9' | b'\''
            )
        })
        .then_some((flags, is_decimal))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOURCE: &str = "int main() {\n  printf(\"%ld %-5d\", a, b);\n}";

    #[track_caller]
    fn check(messages: &str, expected: Option<&str>) {
        let changed = with_suggested_lengths(SOURCE.as_bytes(), "/source/main.c", messages);
        assert_eq!(
            changed.map(|it| String::from_utf8(it).unwrap()).as_deref(),
            expected
        );
    }

    #[test]
    fn lengths_are_changed() {
        check(
            "/source/main.c:2:20: warning: format\nfix-it:\"/source/main.c\":{2:11-2:14}:\"%lld\"\n",
            Some("int main() {\n  printf(\"%lld %-5d\", a, b);\n}"),
        );
        check(
            "fix-it:\"/source/main.c\":{2:15-2:19}:\"%-5lld\"\nfix-it:\"/source/main.c\":{2:11-2:14}:\"%d\"",
            Some("int main() {\n  printf(\"%d %-5lld\", a, b);\n}"),
        );
    }

    #[test]
    fn nothing_else_is() {
        for suggestion in [
            r#""/source/main.c":{2:11-2:14}:"%f""#,
            r#""/source/main.c":{2:11-2:14}:"%5d""#,
            r#""/source/main.c":{2:11-2:15}:"%lld""#,
            r#""/source/main.c":{2:3-2:9}:"%lld""#,
            r#""/source/other.h":{2:11-2:14}:"%lld""#,
            r#""/source/main.c":{2:11-3:14}:"%lld""#,
            r#""/source/main.c":{0:11-0:14}:"%lld""#,
            r#""/source/main.c":{2:0-2:14}:"%lld""#,
            r#""/source/main.c":{2:14-2:11}:"%lld""#,
            r#""/source/main.c":{9:11-9:14}:"%lld""#,
            r#""/source/main.c":{2:11-2:99999999999999999999}:"%lld""#,
            r#""/source/main.c":{"#,
        ] {
            check(&format!("fix-it:{suggestion}"), None);
        }
    }

    #[test]
    fn overlapping_suggestions_count_once() {
        check(
            "fix-it:\"/source/main.c\":{2:11-2:14}:\"%lld\"\nfix-it:\"/source/main.c\":{2:11-2:14}:\"%lld\"",
            Some("int main() {\n  printf(\"%lld %-5d\", a, b);\n}"),
        );
    }

    proptest! {
        #[test]
        fn any_messages_are_read(
            source in proptest::collection::vec(any::<u8>(), 0..100),
            line in 0..9usize, start in 0..30usize, end in 0..30usize, text in ".*",
        ) {
            let message = format!("fix-it:\"m\":{{{line}:{start}-{line}:{end}}}:\"{text}\"");
            let _ = with_suggested_lengths(&source, "m", &message);
        }
    }
}
