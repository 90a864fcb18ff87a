//! Programs in Python 2: packages from before 2020 call them `.py`, as they call those in Python 3.
//!
//! Such a program is in a language that is not ours, and a verdict on it would be one on Python 3.

/// How the compiler of Python 3 speaks of what was a statement in Python 2.
const STATEMENTS: &[&str] = &[
    "Missing parentheses in call to 'print'",
    "Missing parentheses in call to 'exec'",
];

/// Returns what in the source shows that it is Python 2; `None` where nothing does.
pub(crate) fn sign(source: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(source);
    let first = text.lines().next().unwrap_or_default();
    if let Some(interpreter) = first.strip_prefix("#!") {
        // The rule of the package formats' tools.
        if interpreter.contains("python2") {
            return Some("its first line names `python2`");
        }
        if interpreter.contains("python3") {
            return None;
        }
    }
    let code = || text.lines().map(|it| it.split('#').next().unwrap_or(it));
    let calls = code().any(|it| it.contains("raw_input("));
    // A program for both versions looks whether the name is there, or makes it.
    let is_made = code().any(|it| {
        let it = it.trim_start();
        let given = it.strip_prefix("raw_input").map(str::trim_start);
        given.is_some_and(|it| it.starts_with('='))
            || it.starts_with("def raw_input")
            || it.contains(" as raw_input")
            || it.contains("NameError")
            || it.contains("version")
    });
    (calls && !is_made).then_some("it calls `raw_input`")
}

/// Returns what in the compiler's message shows that the source is Python 2.
pub(crate) fn sign_of_message(message: &str) -> Option<&'static str> {
    let is_statement = STATEMENTS.iter().any(|it| message.contains(it));
    is_statement.then_some("`print` or `exec` is a statement")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, is_python_2: bool) {
        assert_eq!(sign(source.as_bytes()).is_some(), is_python_2, "{source}");
    }

    #[test]
    fn a_program_that_says_so_is_python_2() {
        check("#!/usr/bin/env python2\n", true);
        check("#!/usr/bin/python2.7 -O\nx", true);
        check("#!/usr/bin/env python3\nraw_input()", false);
        check("#!/usr/bin/env python\nprint(1)", false);
    }

    #[test]
    fn a_name_that_is_gone_is_python_2_unless_the_program_makes_it() {
        check("n = int(raw_input())", true);
        check("raw_input = input\nraw_input()", false);
        check("def raw_input(): pass\nraw_input()", false);
        check(
            "try: input = raw_input\nexcept NameError: pass\nraw_input()",
            false,
        );
        check(
            "if sys.version_info[0] == 3: f = input\nelse: f = raw_input()",
            false,
        );
        check("input() # raw_input() is gone", false);
    }
}
