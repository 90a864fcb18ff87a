//! Values as Python writes them with `repr`, and Python's `==` on them.
//!
//! Only what Python's own literals can say, and `inf` and `nan`. Knows no rule of comparison but that one.

/// Deeper values are not read.
const MAX_DEPTH: usize = 64;

/// A value, in a form in which equal values are the same: `1`, `1.0` and `True` are one number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    /// `None`.
    None,
    /// A number, which equals nothing if it is no number.
    Number(Number),
    /// A text, by its code points, of which some may be surrogates.
    Text(Vec<u32>),
    /// Bytes.
    Bytes(Vec<u32>),
    /// A list.
    List(Vec<Element>),
    /// A tuple.
    Tuple(Vec<Element>),
    /// A set, in order and without repetition.
    Set(Vec<Self>),
    /// A dictionary, in the order of keys.
    Dictionary(Vec<(Self, Self)>),
}

/// The exact value of a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Number {
    /// A whole number: its sign and its digits without leading zeros, none for zero.
    Whole { negative: bool, digits: String },
    /// A finite float with a fraction, by its bits.
    Fraction(u64),
    /// Infinity.
    Infinite { negative: bool },
    /// No number.
    Nan,
}

/// A value with the float it came from or comes to, where it is a number.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) value: Value,
    /// What `numpy` makes of it.
    pub(super) as_float: Option<f64>,
    /// Whether it is a `float` itself, and not an `int` or a `bool`.
    pub(super) is_float: bool,
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Element {}

impl PartialOrd for Element {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Element {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl Value {
    /// Whether it holds a NaN anywhere, and so equals nothing.
    pub(super) fn has_nan(&self) -> bool {
        match self {
            Self::Number(number) => *number == Number::Nan,
            Self::None | Self::Text(_) | Self::Bytes(_) => false,
            Self::List(all) | Self::Tuple(all) => all.iter().any(|it| it.value.has_nan()),
            Self::Set(all) => all.iter().any(Self::has_nan),
            Self::Dictionary(all) => all.iter().any(|(key, it)| key.has_nan() || it.has_nan()),
        }
    }
}

/// Reads a text that is one value, with white space around it.
pub(super) fn read(text: &str) -> Option<Element> {
    let mut reader = Reader { text, depth: 0 };
    let value = reader.value()?;
    reader.skip_space();
    reader.text.is_empty().then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.text = self
            .text
            .trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    }

    fn takes(&mut self, token: &str) -> bool {
        self.skip_space();
        match self.text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Option<Element> {
        self.skip_space();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = match self.text.as_bytes() {
            [b'[', ..] => plain(Value::List(self.items("[", "]")?.0)),
            [b'(', ..] => self.parenthesis()?,
            [b'{', ..] => plain(self.braces()?),
            [b'\'' | b'"', ..] => plain(Value::Text(self.quoted()?)),
            [b'b', b'\'' | b'"', ..] => {
                self.text = &self.text[1..];
                plain(Value::Bytes(self.quoted()?))
            }
            _ => self.word()?,
        };
        self.depth -= 1;
        Some(value)
    }

    /// Reads items up to a bracket, and whether a comma was there.
    fn items(&mut self, open: &str, close: &str) -> Option<(Vec<Element>, bool)> {
        self.text = self.text.strip_prefix(open)?;
        let mut items = Vec::new();
        let mut has_comma = false;
        while !self.takes(close) {
            items.push(self.value()?);
            if self.takes(",") {
                has_comma = true;
            } else if self.takes(close) {
                break;
            } else {
                return None;
            }
        }
        Some((items, has_comma))
    }

    fn parenthesis(&mut self) -> Option<Element> {
        let (mut items, has_comma) = self.items("(", ")")?;
        match items.len() {
            1 if !has_comma => items.pop(),
            _ => Some(plain(Value::Tuple(items))),
        }
    }

    fn braces(&mut self) -> Option<Value> {
        self.text = self.text.strip_prefix('{')?;
        if self.takes("}") {
            return Some(Value::Dictionary(Vec::new()));
        }
        let (mut pairs, mut items) = (Vec::new(), Vec::new());
        loop {
            let first = self.value()?.value;
            if self.takes(":") {
                pairs.push((first, self.value()?.value));
            } else {
                items.push(first);
            }
            if self.takes(",") {
                if self.takes("}") {
                    break;
                }
            } else if self.takes("}") {
                break;
            } else {
                return None;
            }
        }
        match (pairs.is_empty(), items.is_empty()) {
            (false, true) => {
                // Of equal keys the last value counts.
                pairs.reverse();
                pairs.sort_by(|a, b| a.0.cmp(&b.0));
                pairs.dedup_by(|a, b| a.0 == b.0);
                Some(Value::Dictionary(pairs))
            }
            (true, false) => {
                items.sort();
                items.dedup();
                Some(Value::Set(items))
            }
            _ => None,
        }
    }

    fn quoted(&mut self) -> Option<Vec<u32>> {
        let quote = self.text.chars().next()?;
        let mut chars = self.text[1..].chars();
        let mut codes = Vec::new();
        loop {
            match chars.next()? {
                it if it == quote => break,
                '\n' => return None,
                '\\' => codes.push(escape(&mut chars)?),
                it => codes.push(u32::from(it)),
            }
        }
        self.text = chars.as_str();
        Some(codes)
    }

    /// Reads a word or a number.
    fn word(&mut self) -> Option<Element> {
        let is_part = |it: char| it.is_ascii_alphanumeric() || "+-._".contains(it);
        let length = self.text.find(|it| !is_part(it)).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(length);
        self.text = rest;
        let whole = |digits: &str| {
            number(Number::Whole {
                negative: false,
                digits: digits.to_owned(),
            })
        };
        match word {
            "None" => Some(plain(Value::None)),
            "True" => Some(whole("1")),
            "False" => Some(whole("")),
            "set" if self.takes("(") && self.takes(")") => Some(plain(Value::Set(Vec::new()))),
            _ => read_number(word),
        }
    }
}

fn plain(value: Value) -> Element {
    Element {
        value,
        as_float: None,
        is_float: false,
    }
}

fn number(value: Number) -> Element {
    let as_float = match &value {
        Number::Whole { negative, digits } => {
            let size: Option<f64> = if digits.is_empty() {
                Some(0.0)
            } else {
                digits.parse().ok()
            };
            size.map(|it| if *negative { -it } else { it })
        }
        Number::Fraction(bits) => Some(f64::from_bits(*bits)),
        Number::Infinite { negative: true } => Some(f64::NEG_INFINITY),
        Number::Infinite { negative: false } => Some(f64::INFINITY),
        Number::Nan => Some(f64::NAN),
    };
    Element {
        value: Value::Number(value),
        as_float,
        is_float: false,
    }
}

fn read_number(word: &str) -> Option<Element> {
    let (negative, size) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    if !size.is_empty() && size.bytes().all(|it| it.is_ascii_digit()) {
        let digits = size.trim_start_matches('0').to_owned();
        let negative = negative && !digits.is_empty();
        return Some(number(Number::Whole { negative, digits }));
    }
    let starts_well = matches!(size.as_bytes(), [b'0'..=b'9' | b'.', ..] | b"inf" | b"nan");
    let value: f64 = size.parse().ok().filter(|_| starts_well)?;
    let value = if negative { -value } else { value };
    let kind = if value.is_nan() {
        Number::Nan
    } else if value.is_infinite() {
        Number::Infinite { negative }
    } else if value.fract() == 0.0 {
        let digits = format!("{:.0}", value.abs());
        let digits = digits.trim_start_matches('0').to_owned();
        let negative = negative && !digits.is_empty();
        Number::Whole { negative, digits }
    } else {
        Number::Fraction(value.to_bits())
    };
    Some(Element {
        is_float: true,
        as_float: Some(value),
        ..number(kind)
    })
}

/// Reads what follows a backslash, of what `repr` writes.
fn escape(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let n_digits = match chars.next()? {
        'n' => return Some(10),
        'r' => return Some(13),
        't' => return Some(9),
        it @ ('\\' | '\'' | '"') => return Some(u32::from(it)),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let digits = chars.as_str().get(..n_digits)?;
    if !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    *chars = chars.as_str()[n_digits..].chars();
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(a: &str, b: &str, expected: bool) {
        let (a, b) = (read(a).expect(a), read(b).expect(b));
        let equal = a == b && !a.value.has_nan();
        assert_eq!(equal, expected, "{a:?} and {b:?}");
    }

    #[test]
    fn equality_is_pythons() {
        check("1", "1.0", true);
        check("True", "1", true);
        check("-0.0", "0", true);
        check("9007199254740993", "9007199254740992.0", false);
        check("[1, 2]", "[1,2,]", true);
        check("[1, 2]", "(1, 2)", false);
        check("(1)", "1", true);
        check("(1,)", "1", false);
        check("{1, 2, 1.0}", "{2, True}", true);
        check("{'a': 1, 'b': 2, 'a': 3}", "{'b': 2, 'a': 3}", true);
        check("set()", "{}", false);
        check(r"'a\'\x41\u00e9'", "\"a'Aé\"", true);
        check("b'a'", "'a'", false);
        check("inf", "1e999", true);
        check("[nan]", "[nan]", false);
        check("None", "False", false);
    }

    #[test]
    fn everything_else_is_no_value() {
        for bad in [
            "",
            "x",
            "[1",
            "[1 2]",
            "{1: 2, 3}",
            "'a",
            "'\\q'",
            "1 2",
            "--1",
            "1__0",
            "infinity",
            "(,)",
            "[,]",
            "'\n'",
            "1+1",
            "\\",
            "é",
            "b",
            "set(",
            "'\\x4'",
            "'\\x4é'",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
        assert!(read(&"[".repeat(1 << 20)).is_none());
        assert!(read(&("(".repeat(60) + "1" + &")".repeat(60))).is_some());
    }
}
