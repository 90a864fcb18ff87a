//! The patterns of `submissions.yaml`: `*` within one name, `{a,b}` for alternatives.
//!
//! A pattern is compared with paths that are already known; it never opens anything.

/// The most alternatives that the braces of one pattern may stand for.
const MAX_ALTERNATIVES: usize = 1_024;

/// The longest pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1_024;

/// A pattern for paths whose parts are joined by `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
    /// What the braces stand for, each cut at `/`.
    alternatives: Vec<Vec<String>>,
}

impl Glob {
    /// Reads a pattern; `None` if it is too long or its braces stand for too much.
    pub(crate) fn new(text: &str) -> Option<Self> {
        if text.len() > MAX_PATTERN_BYTES {
            return None;
        }
        let parts = |it: &String| it.split('/').map(str::to_owned).collect();
        let alternatives = expand(text.strip_suffix('/').unwrap_or(text))?;
        Some(Self {
            text: text.to_owned(),
            alternatives: alternatives.iter().map(parts).collect(),
        })
    }

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true if the pattern fits the path, or a folder that the path is in.
    pub fn matches(&self, path: &str) -> bool {
        self.alternatives.iter().any(|pattern| {
            let mut parts = path.split('/');
            (pattern.iter()).all(|it| parts.next().is_some_and(|part| fits(it, part)))
        })
    }

    pub(crate) fn n_alternatives(&self) -> usize {
        self.alternatives.len()
    }
}

/// Writes out the braces, which do not nest.
fn expand(text: &str) -> Option<Vec<String>> {
    let mut all = vec![String::new()];
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open + 1..].find(['{', '}']) else {
            break;
        };
        let close = open + 1 + length;
        if rest.as_bytes()[close] == b'{' {
            // An opening brace that none closes stands for itself.
            for it in &mut all {
                it.push_str(&rest[..close]);
            }
            rest = &rest[close..];
            continue;
        }
        let choices: Vec<&str> = rest[open + 1..close].split(',').map(str::trim).collect();
        if all.len().saturating_mul(choices.len()) > MAX_ALTERNATIVES {
            return None;
        }
        let before = &rest[..open];
        let with = |start: &String| {
            let join = |choice: &&str| format!("{start}{before}{choice}");
            choices.iter().map(join).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
        rest = &rest[close + 1..];
    }
    for it in &mut all {
        it.push_str(rest);
    }
    Some(all)
}

/// Compares one name, going back to the last star alone: the time is at most the product of lengths.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut seen) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while seen < name.len() {
        if pattern.get(at) == Some(&b'*') {
            last_star = Some((at, seen));
            at += 1;
        } else if pattern.get(at) == Some(&name[seen]) {
            (at, seen) = (at + 1, seen + 1);
        } else if let Some((star, taken)) = last_star {
            last_star = Some((star, taken + 1));
            (at, seen) = (star + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|it| *it == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, fitting: &[&str], others: &[&str]) {
        let glob = Glob::new(pattern).unwrap();
        for path in fitting {
            assert!(glob.matches(path), "{pattern} {path}");
        }
        for path in others {
            assert!(!glob.matches(path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_fits_whole_names_and_what_is_below() {
        check(
            "accepted",
            &["accepted", "accepted/a.py", "accepted/d/a.py"],
            &["accepted2/a", "x/accepted"],
        );
        check("accepted/", &["accepted/a.py"], &["accepte/a.py"]);
        check(
            "accepted/*",
            &["accepted/a.py", "accepted/d/a.py"],
            &["accepted"],
        );
        check("match/match", &["match/match/x"], &["match/match_wa.py"]);
        check(
            "*/nested.py",
            &["a/nested.py"],
            &["a/b/nested.py", "nested.py"],
        );
        check(
            "secret/*-easy",
            &["secret/1-easy", "secret/-easy/2"],
            &["secret/easy", "secret/1-easy2"],
        );
        check(
            "a*b*c",
            &["abc", "axbxbxc", "abcbc"],
            &["ab", "acb", "abcd"],
        );
        check("[ab].py", &["[ab].py"], &["a.py"]);
    }

    #[test]
    fn braces_stand_for_alternatives() {
        check(
            "ac.{py,cpp}",
            &["ac.py", "ac.cpp"],
            &["ac.c", "ac.{py,cpp}"],
        );
        check(
            "s/*{,0,1}{ 2 ,4}",
            &["s/2", "s/04", "s/x12"],
            &["s/3", "s/21"],
        );
        check("{a/b,c}/d", &["a/b/d", "c/d/e"], &["a/d"]);
        check("{a,b", &["{a,b"], &["a"]);
        check("{a{b,c}", &["{ab", "{ac"], &["ab"]);
        check("é{ü,ö}", &["éü"], &["é"]);
    }

    #[test]
    fn braces_that_stand_for_too_much_are_refused() {
        assert!(Glob::new(&"{0,1}".repeat(10)).is_some());
        assert!(Glob::new(&"{0,1}".repeat(11)).is_none());
        assert!(Glob::new(&"a".repeat(MAX_PATTERN_BYTES + 1)).is_none());
    }
}
