//! C and C++ programs of several sources: one text, since that is what the linker takes an object of.
//!
//! The other sources follow the main one in the order of their names, and all that is known about a judge's
//! C++ is applied to the whole. What two sources each keep for themselves by one name meets here: such a
//! program does not compile. Lines of messages are counted through all of them.

use std::borrow::Cow;

use crate::SourceFiles;

/// Endings of the names of sources.
const SOURCES: &[&str] = &["c", "cc", "cpp", "cxx", "c++", "C"];
/// Endings of the names of what sources include.
const HEADERS: &[&str] = &["h", "hh", "hpp", "hxx", "h++", "inc", "inl", "ipp", "tcc"];

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, it)| it)
}

/// Returns true if a file is C or C++ by its name.
pub(super) fn is_text(name: &str) -> bool {
    SOURCES.contains(&ending(name)) || HEADERS.contains(&ending(name))
}

/// Returns the main source and all that belong to the program and that none of them includes.
pub(super) fn joined<'a>(source: &'a [u8], files: &SourceFiles) -> Cow<'a, [u8]> {
    let texts = || std::iter::once(source).chain(files.iter().map(|(_, text)| text));
    let mut whole = Cow::Borrowed(source);
    for (name, text) in files.iter() {
        if SOURCES.contains(&ending(name)) && !texts().any(|it| includes(it, name)) {
            let whole = whole.to_mut();
            whole.push(b'\n');
            whole.extend_from_slice(text);
        }
    }
    whole
}

/// Returns true if a line of the text includes a file, by the last part of its name.
fn includes(text: &[u8], name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    text.split(|it| *it == b'\n').any(|line| {
        let line = String::from_utf8_lossy(line);
        let rest = line.trim_start().strip_prefix('#').map(str::trim_start);
        let quoted = rest
            .and_then(|it| it.strip_prefix("include"))
            .and_then(|it| it.split('"').nth(1));
        quoted.is_some_and(|it| it.rsplit('/').next() == Some(file))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_follow_the_main_one_unless_one_includes_them() {
        let mut files = SourceFiles::default();
        for (name, text) in [
            ("b.cpp", "B"),
            ("a.cc", "A"),
            ("lib/c.cpp", "C"),
            ("d.h", " # include \"lib/c.cpp\" // here"),
            ("e.txt", "E"),
        ] {
            files.add(name, text.into()).expect("a plain name");
        }
        assert_eq!(&*joined(b"main", &files), b"main\nA\nB");
        assert_eq!(
            &*joined(b"#include \"a.cc\"", &files),
            b"#include \"a.cc\"\nB"
        );
    }
}
