//! POSIX extended regular expressions, matched at one place and to the longest match.
//!
//! A pattern is rewritten as one of `regex-syntax`, over bytes, and becomes an automaton that is made as it is walked.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind, hybrid::dfa};

/// Bytes that a pattern may have.
const MAX_PATTERN_BYTES: usize = 16 << 10;
/// Bytes that its automaton may have before it is walked.
const MAX_NFA_BYTES: usize = 4 << 20;
/// How deep brackets may lie in each other.
const MAX_NESTING: u32 = 50;

/// The classes of characters that POSIX has.
const CLASSES: [&str; 12] = [
    "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "xdigit",
];

/// A pattern that is ready.
pub(super) struct Pattern {
    dfa: DFA,
    cache: Cache,
}

impl Pattern {
    /// Reads a pattern; `Err` says why that cannot be.
    pub(super) fn new(text: &[u8]) -> Result<Self, String> {
        if text.len() > MAX_PATTERN_BYTES {
            return Err(format!("pattern has more than {MAX_PATTERN_BYTES} bytes"));
        }
        let rewritten = Rewriter::new(text).rewrite()?;
        let syntax = syntax::Config::new()
            .unicode(false)
            .utf8(false)
            .dot_matches_new_line(true)
            .nest_limit(MAX_NESTING);
        let dfa = DFA::builder()
            .configure(dfa::Config::new().match_kind(MatchKind::All))
            .thompson(
                thompson::Config::new()
                    .utf8(false)
                    .nfa_size_limit(Some(MAX_NFA_BYTES)),
            )
            .syntax(syntax)
            .build(&rewritten)
            .map_err(|error| {
                let mut cause: &dyn std::error::Error = &error;
                while let Some(next) = cause.source() {
                    cause = next;
                }
                let text = cause.to_string();
                let last = text.lines().last().unwrap_or_default();
                format!("pattern cannot be read: {last}")
            })?;
        let cache = dfa.create_cache();
        Ok(Self { dfa, cache })
    }

    /// Returns the length of the longest match that begins where the text does, and how many bytes were looked at.
    pub(super) fn longest(&mut self, text: &[u8]) -> Result<(Option<usize>, usize), String> {
        let fault = || "pattern is too great to be matched".to_owned();
        let input = Input::new(text).anchored(Anchored::Yes);
        let start = self.dfa.start_state_forward(&mut self.cache, &input);
        let mut state = start.map_err(|_| fault())?;
        let mut longest = None;
        for (at, &byte) in text.iter().enumerate() {
            let next = self.dfa.next_state(&mut self.cache, state, byte);
            state = next.map_err(|_| fault())?;
            // A match is told one byte late.
            if state.is_match() {
                longest = Some(at);
            } else if state.is_dead() || state.is_quit() {
                return Ok((longest, at + 1));
            }
        }
        let next = self.dfa.next_eoi_state(&mut self.cache, state);
        if next.map_err(|_| fault())?.is_match() {
            longest = Some(text.len());
        }
        Ok((longest, text.len()))
    }
}

/// Rewrites a pattern from left to right.
struct Rewriter<'a> {
    text: &'a [u8],
    at: usize,
    out: String,
    /// Where open groups begin in `out`.
    groups: Vec<usize>,
    /// Where what can be repeated begins in `out`, and whether it is repeated already.
    last: Option<(usize, bool)>,
}

impl<'a> Rewriter<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            out: String::new(),
            groups: Vec::new(),
            last: None,
        }
    }

    fn rewrite(mut self) -> Result<String, String> {
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.escape()?,
                b'[' => self.bracket()?,
                b'(' => {
                    self.groups.push(self.out.len());
                    self.out += "(?:";
                    self.last = None;
                }
                b')' => {
                    let begin = self.groups.pop().ok_or("pattern closes no group")?;
                    self.out.push(')');
                    self.last = Some((begin, false));
                }
                b'*' | b'+' | b'?' => self.repeat(&char::from(byte).to_string())?,
                b'{' => self.interval()?,
                b'|' | b'^' | b'$' => {
                    self.out.push(char::from(byte));
                    self.last = None;
                }
                b'.' => {
                    self.last = Some((self.out.len(), false));
                    self.out.push('.');
                }
                other => self.literal(other),
            }
        }
        if self.groups.is_empty() {
            Ok(self.out)
        } else {
            Err("pattern leaves a group open".to_owned())
        }
    }

    fn literal(&mut self, byte: u8) {
        self.last = Some((self.out.len(), false));
        self.out += &escaped(byte);
    }

    fn escape(&mut self) -> Result<(), String> {
        let byte = *self.text.get(self.at).ok_or("pattern ends in `\\`")?;
        self.at += 1;
        match byte {
            // No part of POSIX, and known to every library.
            b'd' | b'D' | b's' | b'S' | b'w' | b'W' => {
                self.last = Some((self.out.len(), false));
                self.out.push('\\');
                self.out.push(char::from(byte));
            }
            b'n' => self.literal(b'\n'),
            b't' => self.literal(b'\t'),
            b'r' => self.literal(b'\r'),
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                return Err(format!("pattern has `\\{}`", char::from(byte)));
            }
            other => self.literal(other),
        }
        Ok(())
    }

    /// Takes a bracket expression, in which only `]`, `^`, `-` and `[:` mean something.
    fn bracket(&mut self) -> Result<(), String> {
        self.last = Some((self.out.len(), false));
        self.out.push('[');
        if self.text.get(self.at) == Some(&b'^') {
            self.at += 1;
            self.out.push('^');
        }
        let first = self.at;
        loop {
            let rest = &self.text[self.at..];
            match *rest {
                [] => return Err("pattern leaves a bracket open".to_owned()),
                [b']', ..] if self.at > first => {
                    self.at += 1;
                    self.out.push(']');
                    return Ok(());
                }
                [b'[', b':', ..] => {
                    // The colon of `[:]` does not close what it opens.
                    let end = rest[2..].windows(2).position(|it| it == b":]");
                    let end = end.ok_or("pattern leaves a class open")? + 4;
                    let class = std::str::from_utf8(&rest[..end]);
                    let class = class
                        .ok()
                        .filter(|it| CLASSES.contains(&&it[2..it.len() - 2]));
                    self.out += class.ok_or("pattern has an unknown class")?;
                    self.at += end;
                }
                [b'[', b'.' | b'=', ..] => {
                    return Err("pattern has a collating element".to_owned());
                }
                [from, b'-', to, ..] if to != b']' => {
                    if from > to {
                        return Err("pattern has an empty range".to_owned());
                    }
                    self.out += &[&*escaped(from), "-", &*escaped(to)].concat();
                    self.at += 3;
                }
                [byte, ..] => {
                    self.out += &escaped(byte);
                    self.at += 1;
                }
            }
        }
    }

    /// Takes `{2}`, `{2,}` or `{2,5}` after its brace.
    fn interval(&mut self) -> Result<(), String> {
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|it| *it == b'}');
        let end = end.ok_or("pattern leaves a brace open")?;
        let inside = String::from_utf8_lossy(&rest[..end]).into_owned();
        let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        let is_interval = match inside.split_once(',') {
            None => is_number(&inside),
            Some((from, to)) => is_number(from) && (to.is_empty() || is_number(to)),
        };
        if !is_interval {
            return Err("pattern has a brace that repeats nothing".to_owned());
        }
        self.at += end + 1;
        self.repeat(&format!("{{{inside}}}"))
    }

    fn repeat(&mut self, how: &str) -> Result<(), String> {
        let (begin, is_repeated) = self.last.ok_or("pattern repeats nothing")?;
        if is_repeated {
            self.out.insert_str(begin, "(?:");
            self.out.push(')');
        }
        self.out += how;
        self.last = Some((begin, true));
        Ok(())
    }
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() {
        char::from(byte).to_string()
    } else {
        format!("\\x{byte:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: Option<&str>) {
        let mut pattern = Pattern::new(pattern.as_bytes()).unwrap();
        let (length, _) = pattern.longest(text.as_bytes()).unwrap();
        assert_eq!(length.map(|it| &text[..it]), expected);
    }

    #[test]
    fn the_longest_match_counts() {
        check("a|ab|abc", "abcd", Some("abc"));
        check("C|D|H|S", "H\n", Some("H"));
        check("[A-Z]+", "ABC D", Some("ABC"));
        check("[A-Z]+", "aBC", None);
        check("b", "ab", None);
        check("x*", "y", Some(""));
        check("(ab)+?", "c", Some(""));
        check("(a|b){2}{2}", "abababab", Some("abab"));
        check("[a-z]{1,3}", "abcdef", Some("abc"));
    }

    #[test]
    fn signs_mean_what_posix_says() {
        check("[.X]+", ".X.a", Some(".X."));
        check("[]a]+", "]a[", Some("]a"));
        check("[^]a]+", "bc]", Some("bc"));
        check("[a\\]]*", "a]b", Some("a]"));
        check("[a&&b~~-]+", "a&b~-c", Some("a&b~-"));
        check("[[:digit:]-]+", "12-3a", Some("12-3"));
        check("\\.\\+", ".+", Some(".+"));
        check(".+", "a\nb", Some("a\nb"));
        check("a$", "a", Some("a"));
        check("a$", "ab", None);
    }

    #[test]
    fn a_pattern_that_cannot_be_is_refused() {
        for bad in [
            "*a",
            "(a",
            "a)",
            "[a",
            "a{2",
            "a{x}",
            "\\",
            "\\1",
            "[[:nothing:]]",
            "[[::]]",
            "[[:]",
            "[[:]]",
            "[[:a]",
            "[z-a]",
            "(?i)a",
            "((a{1000}){1000}){1000}",
        ] {
            assert!(Pattern::new(bad.as_bytes()).is_err(), "{bad}");
        }
        let deep = "(".repeat(1000) + &")".repeat(1000);
        assert!(Pattern::new(deep.as_bytes()).is_err());
    }
}
