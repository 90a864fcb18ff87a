//! The tokens of a script.

use std::sync::Arc;

use super::CtdError;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// One of [`KEYWORDS`].
    Word(&'static str),
    /// A variable's name.
    Name(String),
    /// Digits.
    Int(String),
    /// A number with a point or an exponent.
    Float(String),
    /// A text, escapes resolved.
    Text(Arc<[u8]>),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// A token, and the line that it begins on, from 1.
pub(super) type Placed = (usize, Token);

/// Each before those that it starts with.
const KEYWORDS: [&str; 25] = [
    "ISEOF",
    "MATCH",
    "UNIQUE",
    "INARRAY",
    "STRLEN",
    "SPACE",
    "NEWLINE",
    "EOF",
    "INT",
    "FLOATP",
    "FLOAT",
    "STRING",
    "REGEX",
    "ASSERT",
    "SET",
    "UNSET",
    "REPI",
    "REP",
    "WHILEI",
    "WHILE",
    "IF",
    "ELSE",
    "END",
    "FIXED",
    "SCIENTIFIC",
];

/// Likewise.
const SIGNS: [&str; 20] = [
    "&&", "||", "<=", ">=", "==", "!=", "<", ">", "!", "=", "(", ")", "[", "]", ",", "+", "-", "*",
    "/", "%",
];

pub(super) fn lex(text: &[u8]) -> Result<Vec<Placed>, CtdError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        line: 1,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Option<Placed>, CtdError> {
        loop {
            match self.rest().first() {
                None => return Ok(None),
                Some(b'\n') => {
                    self.line += 1;
                    self.at += 1;
                }
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'#') => {
                    self.take_while(|it| it != b'\n');
                }
                Some(&first) => {
                    let line = self.line;
                    return Ok(Some((line, self.token(first)?)));
                }
            }
        }
    }

    fn token(&mut self, first: u8) -> Result<Token, CtdError> {
        match first {
            b'"' => return self.text(),
            b'a'..=b'z' => {
                let name = self.take_while(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
                return Ok(Token::Name(name));
            }
            b'0'..=b'9' => return Ok(self.number()),
            b'^' => {
                self.at += 1;
                return Ok(Token::Sign("^"));
            }
            _ => {}
        }
        let starts = |it: &&&str| self.rest().starts_with(it.as_bytes());
        if let Some(word) = KEYWORDS.iter().find(starts) {
            self.at += word.len();
            return Ok(Token::Word(word));
        }
        if let Some(sign) = SIGNS.iter().find(starts) {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        Err(self.error(format!("unexpected `{}`", first.escape_ascii())))
    }

    fn number(&mut self) -> Token {
        let mut number = self.take_while(|it| it.is_ascii_digit());
        let mut is_float = false;
        if self.rest().first() == Some(&b'.') {
            is_float = true;
            self.at += 1;
            number.push('.');
            number += &self.take_while(|it| it.is_ascii_digit());
        }
        if let [b'e' | b'E', after @ ..] = self.rest() {
            let sign = usize::from(matches!(after.first(), Some(b'+' | b'-')));
            if after.get(sign).is_some_and(u8::is_ascii_digit) {
                is_float = true;
                number.extend(self.rest()[..=sign].iter().map(|&it| char::from(it)));
                self.at += 1 + sign;
                number += &self.take_while(|it| it.is_ascii_digit());
            }
        }
        if is_float {
            Token::Float(number)
        } else {
            Token::Int(number)
        }
    }

    fn text(&mut self) -> Result<Token, CtdError> {
        let begin = self.line;
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let (byte, length) = match *self.rest() {
                [] => {
                    let message = "text has no end".to_owned();
                    return Err(CtdError {
                        line: begin,
                        message,
                    });
                }
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(Token::Text(text.into()));
                }
                [b'\\', b'n', ..] => (Some(b'\n'), 2),
                [b'\\', b't', ..] => (Some(b'\t'), 2),
                [b'\\', b'r', ..] => (Some(b'\r'), 2),
                [b'\\', b'b', ..] => (Some(0x08), 2),
                [b'\\', b'f', ..] => (Some(0x0c), 2),
                [b'\\', escaped @ (b'"' | b'\\'), ..] => (Some(escaped), 2),
                [b'\\', b'\n', ..] => {
                    self.line += 1;
                    (None, 2)
                }
                [b'\\', b'0'..=b'7', ..] => {
                    let digits = &self.rest()[1..];
                    let is_octal = |it: &&u8| (b'0'..=b'7').contains(*it);
                    let length = digits.iter().take(3).take_while(is_octal).count();
                    let value = digits[..length]
                        .iter()
                        .fold(0u32, |value, it| value * 8 + u32::from(it - b'0'));
                    let byte = u8::try_from(value)
                        .map_err(|_| self.error("escape is above 377".to_owned()))?;
                    (Some(byte), 1 + length)
                }
                [byte, ..] => {
                    self.line += usize::from(byte == b'\n');
                    (Some(byte), 1)
                }
            };
            text.extend(byte);
            self.at += length;
        }
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    /// Takes ASCII, or what nobody looks at.
    fn take_while(&mut self, is_of_it: impl Fn(u8) -> bool) -> String {
        let length = self.rest().iter().take_while(|it| is_of_it(**it)).count();
        let taken = String::from_utf8_lossy(&self.rest()[..length]).into_owned();
        self.at += length;
        taken
    }

    fn error(&self, message: String) -> CtdError {
        CtdError {
            line: self.line,
            message,
        }
    }
}
