//! The commands that take a number, a text or a match of a pattern from the input.

use std::cmp::Ordering;

use super::number::{Decimal, MAX_INT_DIGITS, Value};
use super::pattern::Pattern;
use super::run::{Outcome, Run, refused};
use super::syntax::{Command, Expr, Form};

/// Different patterns of one script.
const MAX_PATTERNS: usize = 64;

impl Run<'_> {
    /// Takes exactly these bytes.
    pub(super) fn expect(&mut self, bytes: &[u8], command: &Command) -> Outcome<()> {
        self.charge(bytes.len() as u64)?;
        let rest = &self.input[self.at..];
        let n_same = rest.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        self.at += n_same;
        match rest.get(n_same) {
            _ if n_same == bytes.len() => Ok(()),
            Some(byte) => {
                let found = format!("found `{}`", byte.escape_ascii());
                Err(refused(command, &found))
            }
            None => Err(refused(command, "the input ends")),
        }
    }

    /// Takes `0`, or digits that do not begin with one, with or without a minus sign.
    pub(super) fn int(&mut self, command: &Command, bounds: &(Expr, Expr)) -> Outcome<Value> {
        let rest = &self.input[self.at..];
        let is_negative = rest.first() == Some(&b'-');
        let n_digits = n_digits(&rest[usize::from(is_negative)..]);
        let length = usize::from(is_negative) + n_digits;
        let text = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.charge(length as u64)?;
        let bounds = self.bounds(bounds)?;
        if n_digits == 0 {
            return Err(refused(command, "a whole number is expected"));
        }
        let digits = text.trim_start_matches('-');
        if digits.starts_with('0') && (n_digits > 1 || is_negative) {
            let message = if n_digits > 1 {
                "begins with a zero"
            } else {
                "is minus zero"
            };
            return Err(refused(command, &format!("`{}` {message}", cut(&text))));
        }
        // Digits are put together in words, each once for each before it.
        let n_words = length.min(MAX_INT_DIGITS) as u64 / 19;
        self.charge(n_words * n_words)?;
        // One that has too many digits is beyond all bounds that there can be.
        match Value::of_digits(&text) {
            Some(value) if is_within(&value, &bounds)? => {
                self.at += length;
                Ok(value)
            }
            _ => Err(refused(command, &format!("{} is out of range", cut(&text)))),
        }
    }

    pub(super) fn float(
        &mut self,
        command: &Command,
        bounds: &(Expr, Expr),
        decimals: Option<&(Expr, Expr)>,
        form: Form,
    ) -> Outcome<Value> {
        let decimals = match decimals {
            Some((least, most)) => Some((self.count_of(least)?, self.count_of(most)?)),
            None => None,
        };
        let rest = &self.input[self.at..];
        let mut length = usize::from(rest.first() == Some(&b'-'));
        let first = rest.get(length).copied().unwrap_or_default();
        let n_whole = n_digits(&rest[length..]);
        length += n_whole;
        let mut n_decimals = 0;
        let has_point = n_whole > 0 && rest.get(length) == Some(&b'.');
        if has_point {
            n_decimals = n_digits(&rest[length + 1..]);
            length += 1 + n_decimals;
        }
        let has_exponent = form != Form::Fixed && matches!(rest.get(length), Some(b'e' | b'E'));
        let mut exponent: &[u8] = b"1";
        if has_exponent {
            length += 1;
            length += usize::from(matches!(rest.get(length), Some(b'+' | b'-')));
            exponent = &rest[length..length + n_digits(&rest[length..])];
            length += exponent.len();
        }
        self.charge(length as u64)?;
        let text = String::from_utf8_lossy(&rest[..length]).into_owned();
        let fault = if n_whole == 0 {
            Some("a number is expected".to_owned())
        } else if first == b'0' && n_whole > 1 {
            Some(format!("`{}` begins with a zero", cut(&text)))
        } else if (has_point && n_decimals == 0) || exponent.is_empty() {
            Some(format!("`{}` lacks a digit", cut(&text)))
        } else if exponent.len() > 1 && exponent[0] == b'0' {
            Some(format!(
                "the exponent of `{}` begins with a zero",
                cut(&text)
            ))
        } else if form == Form::Scientific && !has_exponent {
            Some(format!("`{}` has no exponent", cut(&text)))
        } else if decimals.is_some()
            && has_exponent
            && !(n_whole == 1 && first != b'0' && has_point)
        {
            Some(format!(
                "`{}` has not one digit before its point",
                cut(&text)
            ))
        } else {
            decimals
                .filter(|(least, most)| !(*least..=*most).contains(&(n_decimals as u64)))
                .map(|_| format!("{n_decimals} decimals are out of range"))
        };
        if let Some(fault) = fault {
            return Err(refused(command, &fault));
        }
        let value = Value::Float(Decimal::of_text(&text));
        let bounds = self.bounds(bounds)?;
        if !is_within(&value, &bounds)? {
            return Err(refused(command, &format!("{} is out of range", cut(&text))));
        }
        self.at += length;
        Ok(value)
    }

    pub(super) fn count_of(&mut self, expr: &Expr) -> Outcome<u64> {
        match self.eval(expr)? {
            Value::Int(count) => u64::try_from(&count).map_err(|_| {
                "a number of decimals is from 0 to 2^64 - 1"
                    .to_owned()
                    .into()
            }),
            _ => Err("a number of decimals is a whole number".to_owned().into()),
        }
    }

    pub(super) fn matched(&mut self, command: &Command, pattern: &Expr) -> Outcome<Value> {
        let pattern = self.text(pattern)?;
        if !self.patterns.contains_key(&*pattern) {
            if self.patterns.len() == MAX_PATTERNS {
                return Err(format!("script has more than {MAX_PATTERNS} patterns").into());
            }
            let ready = Pattern::new(&pattern)?;
            self.patterns.insert(pattern.to_vec(), ready);
        }
        let rest = &self.input[self.at..];
        let ready = self.patterns.get_mut(&*pattern);
        let ready = ready.expect("it is there or was put there");
        let (length, n_seen) = ready.longest(rest)?;
        self.charge(n_seen as u64)?;
        let Some(length) = length else {
            return Err(refused(command, "the pattern does not match"));
        };
        self.at += length;
        Ok(Value::Text(rest[..length].into()))
    }
}

fn is_within(value: &Value, (least, most): &(Value, Value)) -> Outcome<bool> {
    let is_above = value.compare(least)? != Ordering::Less;
    Ok(is_above && value.compare(most)? != Ordering::Greater)
}

fn n_digits(text: &[u8]) -> usize {
    text.iter().take_while(|it| it.is_ascii_digit()).count()
}

/// Cuts what is quoted.
fn cut(text: &str) -> String {
    const MAX_QUOTED: usize = 40;
    match text.get(..MAX_QUOTED) {
        Some(head) if head.len() < text.len() => format!("{head}…"),
        _ => text.to_owned(),
    }
}
