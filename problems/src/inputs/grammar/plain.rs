//! A statement as a list of symbols: numbers, names, relations and words.
//!
//! LaTeX, HTML, Markdown and Unicode all come out alike. What is not understood becomes a word, so
//! that nothing here can fail. Nothing is known of what a symbol is about.

/// Statements are read up to here.
pub(super) const MAX_STATEMENT_BYTES: usize = 256 << 10;

/// A piece of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Number(i128),
    /// A number with a fraction: digits as one number, and how many of them are behind the point.
    Decimal(i128, u32),
    Name(Name),
    /// One of `<`, `>`, `=`, `≠`, `≤`, `≥`.
    Relation(char),
    /// One of `+ - * / ^ ( ) , |`.
    Mark(char),
    /// `...`, however written.
    Dots,
    /// Any other word, in lower case.
    Word(String),
}

/// A name of a variable, with its subscript.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) base: String,
    pub(super) sub: String,
}

impl Name {
    /// Whether the subscript runs, as in `a_i`.
    pub(super) fn is_indexed(&self) -> bool {
        !self.sub.is_empty()
            && self
                .sub
                .chars()
                .all(|it| matches!(it, 'i' | 'j' | 'k' | ',' | 'I' | 'J'))
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.base)?;
        if !self.sub.is_empty() {
            write!(f, "_{}", self.sub)?;
        }
        Ok(())
    }
}

/// A symbol and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) symbol: Symbol,
    /// Whether nothing stands between it and the symbol before.
    pub(super) is_glued: bool,
    /// Whether it is set as a formula.
    pub(super) is_math: bool,
}

/// Cuts a statement up.
pub(super) fn symbols(statement: &str) -> Vec<Placed> {
    let mut end = statement.len().min(MAX_STATEMENT_BYTES);
    while !statement.is_char_boundary(end) {
        end -= 1;
    }
    let mut lexer = Lexer {
        rest: &statement[..end],
        out: Vec::new(),
        is_glued: false,
        is_math: false,
    };
    while !lexer.rest.is_empty() {
        lexer.step();
    }
    lexer.out
}

struct Lexer<'a> {
    rest: &'a str,
    out: Vec<Placed>,
    is_glued: bool,
    is_math: bool,
}

/// What stands for what. Longer spellings come before their beginnings.
const SPELLINGS: &[(&str, &str)] = &[
    ("\\leqslant", "≤"),
    ("\\leqq", "≤"),
    ("\\leq", "≤"),
    ("\\le", "≤"),
    ("\\geqslant", "≥"),
    ("\\geqq", "≥"),
    ("\\geq", "≥"),
    ("\\ge", "≥"),
    ("\\lt", "<"),
    ("\\gt", ">"),
    ("\\neq", "≠"),
    ("\\not=", "≠"),
    ("\\ne", "≠"),
    ("\\cdot", "*"),
    ("\\times", "*"),
    ("\\ldots", "…"),
    ("\\cdots", "…"),
    ("\\dots", "…"),
    ("\\lvert", "|"),
    ("\\rvert", "|"),
    ("\\vert", "|"),
    ("\\mid", "|"),
    ("\\ell", "ell"),
    ("\\left", ""),
    ("\\right", ""),
    ("&le;", "≤"),
    ("&leq;", "≤"),
    ("&ge;", "≥"),
    ("&geq;", "≥"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&ne;", "≠"),
    ("&middot;", "*"),
    ("&times;", "*"),
    ("&minus;", "-"),
    ("&nbsp;", " "),
    ("&hellip;", "…"),
    ("&#8804;", "≤"),
    ("&#8805;", "≥"),
    ("<=", "≤"),
    (">=", "≥"),
    ("!=", "≠"),
    ("**", "^"),
    ("...", "…"),
    ("..", "…"),
];

impl Lexer<'_> {
    fn push(&mut self, symbol: Symbol) {
        self.out.push(Placed {
            symbol,
            is_glued: self.is_glued,
            is_math: self.is_math,
        });
        self.is_glued = true;
    }

    fn step(&mut self) {
        if self.number() || self.tag() || self.spelling() {
            return;
        }
        let char = self
            .rest
            .chars()
            .next()
            .expect("the caller has seen that there is more");
        if char.is_alphabetic() {
            self.word();
            return;
        }
        let after = &self.rest[char.len_utf8()..];
        match char {
            '\n' => {
                self.is_glued = false;
                // A formula does not go on behind a blank line.
                self.is_math &= !after.trim_start_matches([' ', '\r']).starts_with('\n');
            }
            '\\' => {
                self.rest = after;
                self.command();
                return;
            }
            '$' => {
                if let Some(after) = after.strip_prefix('$') {
                    self.rest = after;
                    self.is_math = !self.is_math;
                    return;
                }
                self.is_math = !self.is_math;
            }
            '`' => self.backtick(after),
            '{' | '}' => {}
            '≤' | '≦' | '⩽' => self.push(Symbol::Relation('≤')),
            '≥' | '≧' | '⩾' => self.push(Symbol::Relation('≥')),
            '<' | '>' | '=' | '≠' => self.push(Symbol::Relation(char)),
            '*' | '·' | '×' | '⋅' | '∗' => self.push(Symbol::Mark('*')),
            '-' | '−' | '–' => self.push(Symbol::Mark('-')),
            '+' | '/' | '^' | '(' | ')' | ',' | '|' => self.push(Symbol::Mark(char)),
            '[' => self.push(Symbol::Mark('(')),
            ']' => self.push(Symbol::Mark(')')),
            '…' => self.push(Symbol::Dots),
            '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' => {
                self.superscript();
                return;
            }
            _ if char.is_whitespace() || char == '~' => self.is_glued = false,
            _ => {
                self.push(Symbol::Word(char.to_string()));
            }
        }
        self.rest = after;
    }

    /// A backtick sets a formula where another ends it on the same line; else it is a quote.
    fn backtick(&mut self, after: &str) {
        let line = after.split('\n').next().unwrap_or("");
        let is_quote = line.starts_with('`') || self.rest.starts_with("``");
        if self.is_math || !is_quote && line.bytes().take(60).any(|it| it == b'`') {
            self.is_math = !self.is_math;
        }
    }

    /// A spelling of another symbol.
    fn spelling(&mut self) -> bool {
        for (spelling, meaning) in SPELLINGS {
            let Some(after) = self.rest.strip_prefix(spelling) else {
                continue;
            };
            // `\le` is not the beginning of `\length`.
            if spelling.starts_with('\\')
                && spelling.ends_with(|it: char| it.is_ascii_alphabetic())
                && after.starts_with(|it: char| it.is_ascii_alphabetic())
            {
                continue;
            }
            self.rest = after;
            let mut chars = meaning.chars();
            match (chars.next(), chars.next()) {
                (Some(char @ ('≤' | '≥' | '<' | '>' | '≠')), _) => {
                    self.push(Symbol::Relation(char));
                }
                (Some('…'), _) => self.push(Symbol::Dots),
                (Some(' '), _) => self.is_glued = false,
                (Some(_), Some(_)) => self.name((*meaning).to_owned()),
                (Some(char), None) => self.push(Symbol::Mark(char)),
                (None, _) => {}
            }
            return true;
        }
        false
    }

    /// A command of LaTeX that has no spelling of its own; the backslash is behind us.
    fn command(&mut self) {
        let length = self
            .rest
            .find(|it: char| !it.is_ascii_alphabetic())
            .unwrap_or(self.rest.len());
        let name = &self.rest[..length];
        if length == 0 {
            let char = self.rest.chars().next();
            match char {
                Some('(' | '[') => self.is_math = true,
                Some(')' | ']') => self.is_math = false,
                Some(',' | ';' | '!' | ':' | ' ' | '\\') => self.is_glued = false,
                _ => {}
            }
            self.rest = &self.rest[char.map_or(0, char::len_utf8)..];
            return;
        }
        self.rest = &self.rest[length..];
        if matches!(name, "frac" | "dfrac" | "tfrac") {
            let (top, rest) = braced(self.rest);
            let (bottom, rest) = braced(rest);
            self.push(Symbol::Mark('('));
            self.inside(top);
            self.push(Symbol::Mark(')'));
            self.push(Symbol::Mark('/'));
            self.push(Symbol::Mark('('));
            self.inside(bottom);
            self.push(Symbol::Mark(')'));
            self.rest = rest;
        } else if matches!(name, "label" | "ref" | "includegraphics" | "cite" | "verb") {
            self.is_glued = false;
        } else if matches!(name, "section" | "subsection" | "begin" | "end") {
            self.is_glued = false;
            self.is_math = false;
        } else {
            self.is_glued = false;
        }
    }

    /// Cuts up a part that stands alone. Parts do not nest: what is inside is read without commands
    /// that have parts.
    fn inside(&mut self, text: &str) {
        let mut inner = Lexer {
            rest: text,
            out: Vec::new(),
            is_glued: true,
            is_math: true,
        };
        while !inner.rest.is_empty() {
            if inner.rest.starts_with("\\frac") {
                break;
            }
            inner.step();
        }
        self.out.append(&mut inner.out);
    }

    /// A tag of HTML; most say nothing, `sup` is a power.
    fn tag(&mut self) -> bool {
        let Some(inside) = self.rest.strip_prefix('<') else {
            return false;
        };
        let name = inside.strip_prefix('/').unwrap_or(inside);
        let length = name
            .find(|it: char| !it.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let end = name.as_bytes().get(length);
        if length == 0 || !name.starts_with(|it: char| it.is_ascii_alphabetic()) {
            return false;
        }
        let close = match end {
            Some(b'>') => Some(length),
            Some(b' ' | b'/') => name.bytes().take(200).position(|it| it == b'>'),
            _ => None,
        };
        let Some(close) = close else {
            return false;
        };
        let is_opening = !inside.starts_with('/');
        let after = &name[close + 1..];
        self.rest = after;
        match &name[..length] {
            "sup" if is_opening => self.push(Symbol::Mark('^')),
            "sub" if is_opening => {
                let end = after.find('<').unwrap_or(after.len()).min(16);
                if let Some(sub) = after.get(..end) {
                    self.subscript(sub);
                    self.rest = &after[end..];
                }
            }
            "var" | "code" => self.is_math = is_opening,
            "p" | "br" | "li" | "h1" | "h2" | "h3" | "h4" | "pre" | "div" | "tr" => {
                self.is_glued = false;
            }
            _ => {}
        }
        true
    }

    fn superscript(&mut self) {
        let mut value = 0i128;
        while let Some(char) = self.rest.chars().next() {
            let Some(digit) = "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|it| it == char)
            else {
                break;
            };
            value = value.saturating_mul(10).saturating_add(digit as i128);
            self.rest = &self.rest[char.len_utf8()..];
        }
        self.push(Symbol::Mark('^'));
        self.push(Symbol::Number(value));
    }

    /// A number, with any mark between thousands; `1e9` too.
    fn number(&mut self) -> bool {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let first = digits(self.rest);
        if first == 0 {
            return false;
        }
        let mut text = self.rest[..first].to_owned();
        let mut rest = &self.rest[first..];
        while text.len() <= 40 && first <= 3 {
            let Some(group) = thousands(rest) else {
                break;
            };
            text.push_str(&group[..3]);
            rest = &group[3..];
        }
        let mut places = 0;
        if let Some(after) = rest.strip_prefix('.') {
            let n = digits(after);
            if n > 0 && n <= 12 {
                text.push_str(&after[..n]);
                places = u32::try_from(n).unwrap_or(0);
                rest = &after[n..];
            }
        }
        let exponent = rest.strip_prefix(['e', 'E']);
        let exponent = exponent.filter(|it| (1..=2).contains(&digits(it)));
        self.rest = rest;
        match text.parse::<i128>() {
            Ok(value) if places > 0 => self.push(Symbol::Decimal(value, places)),
            Ok(value) => self.push(Symbol::Number(value)),
            Err(_) => self.push(Symbol::Word("number".to_owned())),
        }
        if let Some(exponent) = exponent {
            let n = digits(exponent);
            let power = exponent[..n].parse().unwrap_or(0);
            self.rest = &exponent[n..];
            for symbol in [
                Symbol::Mark('*'),
                Symbol::Number(10),
                Symbol::Mark('^'),
                Symbol::Number(power),
            ] {
                self.push(symbol);
            }
        }
        true
    }

    fn word(&mut self) {
        let length = self
            .rest
            .find(|it: char| !(it.is_alphanumeric() || it == '\''))
            .unwrap_or(self.rest.len());
        let word = self.rest[..length].to_owned();
        self.rest = &self.rest[length..];
        self.name(word);
    }

    /// A word that may be a name: short, set as a formula, or with a subscript.
    fn name(&mut self, base: String) {
        let sub = self.rest.strip_prefix('_').map(|after| {
            if after.starts_with('{') {
                let (inside, rest) = braced(after);
                (inside, rest)
            } else if let Some(command) = after.strip_prefix('\\') {
                let length = command
                    .find(|it: char| !it.is_ascii_alphabetic())
                    .map_or(after.len(), |it| it + 1);
                after.split_at(length)
            } else {
                let length = after.chars().next().map_or(0, char::len_utf8);
                after.split_at(length)
            }
        });
        let bracketed = || {
            let inside = self.rest.strip_prefix('[')?;
            let (sub, rest) = inside.split_once(']')?;
            (sub.len() <= 3 && !sub.is_empty()).then_some((sub, rest))
        };
        let sub = sub.or_else(bracketed);
        let is_name = self.is_math || sub.is_some() || base.chars().count() == 1;
        if !is_name || base.len() > 24 {
            self.push(Symbol::Word(base.to_lowercase()));
            return;
        }
        self.push(Symbol::Name(Name {
            base,
            sub: String::new(),
        }));
        if let Some((sub, rest)) = sub {
            self.rest = rest;
            self.subscript(sub);
        }
    }

    /// Gives the last symbol a subscript, if it is a name.
    fn subscript(&mut self, text: &str) {
        if let Some(Symbol::Name(name)) = self.out.last_mut().map(|it| &mut it.symbol) {
            name.sub = text
                .chars()
                .filter(|it| it.is_alphanumeric() || matches!(it, ',' | '+' | '-'))
                .take(12)
                .collect();
        }
    }
}

/// Returns what is inside the braces that a text begins with, and the rest; the inside is empty
/// where there are none.
fn braced(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    if !text.starts_with('{') {
        return ("", text);
    }
    let mut depth = 0;
    for (at, char) in text.char_indices().take(200) {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&text[1..at], &text[at + 1..]);
        }
    }
    ("", &text[1..])
}

/// Returns what stands behind a mark between thousands, if three digits do and no fourth.
fn thousands(text: &str) -> Option<&str> {
    let bare = text.trim_start_matches(' ');
    let marks = [
        "\\,", "\\;", "\\!", "\\ ", "{,}", "{\\,}", "~", "'", "\u{2009}", "\u{202f}", "\u{a0}",
        "&thinsp;",
    ];
    let behind = marks.iter().find_map(|it| bare.strip_prefix(it));
    let behind = behind
        .map(|it| it.trim_start_matches(' '))
        .or_else(|| text.strip_prefix(','))?;
    let n = behind
        .bytes()
        .take(4)
        .take_while(u8::is_ascii_digit)
        .count();
    (n == 3).then_some(behind)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Writes symbols with a space between any two that are not glued.
    fn text(statement: &str) -> String {
        let mut text = String::new();
        for placed in symbols(statement) {
            if !placed.is_glued && !text.is_empty() {
                text.push(' ');
            }
            match placed.symbol {
                Symbol::Number(it) => text.push_str(&it.to_string()),
                Symbol::Decimal(it, places) => write!(text, "{it}e-{places}").unwrap(),
                Symbol::Name(it) => write!(text, "[{it}]").unwrap(),
                Symbol::Relation(it) | Symbol::Mark(it) => text.push(it),
                Symbol::Dots => text.push('…'),
                Symbol::Word(it) => text.push_str(&it),
            }
        }
        text
    }

    #[test]
    fn spellings_come_out_alike() {
        let expected = "1 ≤ [n] ≤ 2*10^5";
        for statement in [
            "$1 \\le n \\leq 2 \\cdot 10^5$",
            "1 ≤ n ≤ 2·10^{5}",
            "1 &le; n &leq; 2&middot;10<sup>5</sup>",
            "1 <= n <= 2*10^5",
            "<var>1 \\leqslant n ≦ 2 \\times 10^{5}</var>",
            "1 ≤ n ≤ 2×10⁵",
        ] {
            assert_eq!(text(statement).replace(" * ", "*"), expected, "{statement}");
        }
    }

    #[test]
    fn numbers_have_marks_between_thousands() {
        for number in ["10\\,000", "10{,}000", "10,000", "10 \\, 000", "10'000"] {
            assert_eq!(text(number), "10000", "{number}");
        }
        assert_eq!(text("1,2,3"), "1,2,3");
        assert_eq!(text("1.5\\cdot 10^5"), "15e-1* 10^5");
        assert_eq!(text("1e9"), "1*10^9");
    }

    #[test]
    fn names_have_subscripts() {
        assert_eq!(text("$a_i$, $t_{max}$"), "[a_i], [t_max]");
        assert_eq!(text("a<sub>1</sub>"), "[a_1]");
        assert_eq!(text("the number n of a[i]"), "the number [n] of [a_i]");
        assert_eq!(text("\\frac{n(n-1)}{2}"), "([n]([n]-1))/(2)");
    }

    #[test]
    fn odd_ends_do_no_harm() {
        for statement in [
            "\\", "$", "a_", "a_{", "\\frac{", "<sub>", "1e", "10^", "a[", "é_é", "<a href",
        ] {
            symbols(statement);
        }
    }
}
