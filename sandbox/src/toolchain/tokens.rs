//! The tokens of a C or C++ source, as far as changes to its text need them. Total on all bytes, linear.
//!
//! Knows no macros and no types.

/// Directives whose lines are no tokens of the program.
const OPAQUE_DIRECTIVES: &[&[u8]] = &[
    b"error",
    b"import",
    b"include",
    b"include_next",
    b"line",
    b"pragma",
    b"warning",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// A literal in double quotes that is not raw.
    String,
    /// One byte of anything else.
    Mark,
    /// What no type goes across: the end of a directive, a macro's name, a raw string, a character.
    Break,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tokens of a source, without comments and white space. Total on all bytes.
pub(super) struct Tokens<'a> {
    source: &'a [u8],
    at: usize,
    /// Whether the next line feed ends a directive.
    in_directive: bool,
    /// Whether nothing but white space came since the line's start.
    at_line_start: bool,
    /// Whether the next word is the name of a macro.
    macro_name: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a [u8]) -> Self {
        Self {
            source,
            at: 0,
            in_directive: false,
            at_line_start: true,
            macro_name: false,
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.source[self.at..]
    }

    /// Steps over bytes for as long as they satisfy.
    fn skip(&mut self, is_wanted: impl Fn(u8) -> bool) {
        let n = self.rest().iter().take_while(|&&it| is_wanted(it)).count();
        self.at += n;
    }

    /// Steps behind the next place of a text, or to the end.
    fn skip_behind(&mut self, text: &[u8]) {
        let found = self.rest().windows(text.len()).position(|it| it == text);
        self.at = found.map_or(self.source.len(), |it| self.at + it + text.len());
    }

    /// Returns the length of a backslash and line feed at this place.
    fn splice(rest: &[u8]) -> usize {
        match rest {
            [b'\\', b'\n', ..] => 2,
            [b'\\', b'\r', b'\n', ..] => 3,
            _ => 0,
        }
    }

    /// Steps to the line feed that ends this logical line.
    fn skip_line(&mut self) {
        while let Some(&byte) = self.rest().first() {
            match Self::splice(self.rest()) {
                0 if byte == b'\n' => return,
                0 => self.at += 1,
                n => self.at += n,
            }
        }
    }

    /// Steps behind a literal whose opening quote is at this place. It ends with its line at the latest.
    fn skip_quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(&byte) = self.rest().first() {
            match byte {
                b'\n' => return,
                b'\\' => self.at += Self::splice(self.rest()).max(2).min(self.rest().len()),
                _ => self.at += 1,
            }
            if byte == quote {
                return;
            }
        }
    }

    /// Steps behind a raw string whose opening quote is at this place.
    fn skip_raw_string(&mut self) {
        /// Characters of the longest delimiter that the language allows.
        const MAX_DELIMITER: usize = 16;
        let delimiter = self.rest()[1..]
            .iter()
            .take(MAX_DELIMITER + 1)
            .position(|&it| it == b'(');
        let Some(n) = delimiter else {
            return self.skip_quoted(b'"');
        };
        let end = [b")", &self.rest()[1..=n], b"\""].concat();
        self.at += n + 2;
        self.skip_behind(&end);
    }

    /// Steps over a directive's name and says whether its line holds tokens of the program.
    fn directive(&mut self) {
        self.skip(|it| it == b' ' || it == b'\t');
        let start = self.at;
        self.skip(is_word);
        let name = &self.source[start..self.at];
        self.in_directive = true;
        self.macro_name = name == b"define";
        if OPAQUE_DIRECTIVES.contains(&name) {
            self.skip_line();
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let start = self.at;
            let rest = self.rest();
            let &first = rest.first()?;
            let at_line_start = std::mem::replace(&mut self.at_line_start, false);
            let kind = match first {
                b'\n' => {
                    self.at += 1;
                    self.at_line_start = true;
                    if !std::mem::take(&mut self.in_directive) {
                        continue;
                    }
                    self.macro_name = false;
                    Kind::Break
                }
                b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c' => {
                    self.at += 1;
                    self.at_line_start = at_line_start;
                    continue;
                }
                b'\\' if Self::splice(rest) > 0 => {
                    self.at += Self::splice(rest);
                    continue;
                }
                b'/' if rest.starts_with(b"//") => {
                    self.skip_line();
                    continue;
                }
                b'/' if rest.starts_with(b"/*") => {
                    self.at += 2;
                    self.skip_behind(b"*/");
                    self.at_line_start = at_line_start;
                    continue;
                }
                b'#' if at_line_start => {
                    self.at += 1;
                    self.directive();
                    Kind::Break
                }
                b'"' => {
                    self.skip_quoted(b'"');
                    Kind::String
                }
                b'\'' => {
                    self.skip_quoted(b'\'');
                    Kind::Break
                }
                b'.' if rest.get(1).is_some_and(u8::is_ascii_digit) => {
                    self.number();
                    Kind::Number
                }
                b'0'..=b'9' => {
                    self.number();
                    Kind::Number
                }
                _ if is_word(first) => {
                    self.skip(is_word);
                    let is_raw = matches!(
                        &self.source[start..self.at],
                        b"R" | b"u8R" | b"uR" | b"UR" | b"LR"
                    );
                    if is_raw && self.rest().first() == Some(&b'"') {
                        self.skip_raw_string();
                        Kind::Break
                    } else if std::mem::take(&mut self.macro_name) {
                        Kind::Break
                    } else {
                        Kind::Word
                    }
                }
                _ => {
                    self.at += 1;
                    Kind::Mark
                }
            };
            return Some(Token {
                kind,
                start,
                end: self.at,
            });
        }
    }
}

impl Tokens<'_> {
    /// Steps over a number, in the preprocessor's loose sense.
    fn number(&mut self) {
        while let Some(&byte) = self.rest().first() {
            let next = self.rest().get(1).copied();
            let is_exponent = matches!(byte, b'e' | b'E' | b'p' | b'P')
                && matches!(next, Some(b'+' | b'-'))
                // `0xe+1` is a sum.
                && (matches!(byte, b'p' | b'P') || !self.source[..self.at].ends_with(b"0x"));
            let is_separator = byte == b'\'' && next.is_some_and(is_word);
            match byte {
                _ if is_exponent => self.at += 2,
                _ if is_separator || byte == b'.' || is_word(byte) => self.at += 1,
                _ => return,
            }
        }
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}
