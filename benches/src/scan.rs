//! A rough scanner for C, C++ and Python: just enough to edit a program without parsing it.
//!
//! It takes any text. What it mistakes for something else (a raw string, a comment inside a macro)
//! makes an edit come out differently, never fail; the tokens joined are always the text.

use crate::pool::Language;

/// What a token is, as far as an edit wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword.
    Word,
    /// A literal that starts with a digit.
    Number,
    /// A string or character literal.
    Text,
    /// A comment, without the end of its line.
    Comment,
    /// A preprocessor line with its continuations, without the end of its line.
    Directive,
    /// White space, ends of lines included.
    Space,
    /// An operator, bracket or anything else.
    Operator,
}

/// A piece of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
}

/// Words that an edit must not take for the name of something.
pub(crate) const KEYWORDS: [&str; 78] = [
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "def",
    "default",
    "del",
    "delete",
    "do",
    "double",
    "elif",
    "else",
    "enum",
    "except",
    "extern",
    "false",
    "finally",
    "float",
    "for",
    "from",
    "global",
    "goto",
    "if",
    "import",
    "in",
    "inline",
    "int",
    "is",
    "lambda",
    "long",
    "main",
    "namespace",
    "new",
    "nonlocal",
    "not",
    "operator",
    "or",
    "pass",
    "private",
    "public",
    "raise",
    "register",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "std",
    "string",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typename",
    "union",
    "unsigned",
    "using",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "with",
    "yield",
];

/// Words before the name of a variable in C and C++, and at the start of a declaration.
pub(crate) const TYPES: [&str; 11] = [
    "auto", "bool", "char", "double", "float", "int", "long", "short", "signed", "string",
    "unsigned",
];

/// Operators of more than one character, longest first.
const LONG_OPERATORS: [&str; 24] = [
    "<<=", ">>=", "**=", "//=", "<=", ">=", "==", "!=", "&&", "||", "++", "--", "+=", "-=", "*=",
    "/=", "%=", "<<", ">>", "->", "::", "**", "//", ":=",
];

/// Splits a program into tokens that, joined, are the program.
pub(crate) fn scan(source: &str, language: Language) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = source;
    let mut at_line_start = true;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = measure(rest, first, at_line_start, language);
        let (text, after) = rest.split_at(length);
        at_line_start = match kind {
            Kind::Space => at_line_start || text.contains('\n'),
            _ => false,
        };
        tokens.push(Token { kind, text });
        rest = after;
    }
    tokens
}

/// Returns the kind and the length in bytes of the token at the start of `rest`.
fn measure(rest: &str, first: char, at_line_start: bool, language: Language) -> (Kind, usize) {
    let python = language == Language::Python;
    let length_while = |keep: fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
    match first {
        _ if first.is_whitespace() => (Kind::Space, length_while(char::is_whitespace)),
        '#' if python => (Kind::Comment, line_length(rest)),
        '#' if at_line_start => (Kind::Directive, directive_length(rest)),
        '/' if !python && rest.starts_with("//") => (Kind::Comment, line_length(rest)),
        '/' if !python && rest.starts_with("/*") => (Kind::Comment, closed_by(rest, 2, "*/")),
        '"' if python && rest.starts_with("\"\"\"") => (Kind::Text, closed_by(rest, 3, "\"\"\"")),
        '\'' if python && rest.starts_with("'''") => (Kind::Text, closed_by(rest, 3, "'''")),
        '"' | '\'' => (Kind::Text, literal_length(rest, first)),
        '0'..='9' => (
            Kind::Number,
            length_while(|c| c.is_alphanumeric() || c == '.' || c == '_'),
        ),
        _ if first.is_alphabetic() || first == '_' => (
            Kind::Word,
            length_while(|c| c.is_alphanumeric() || c == '_'),
        ),
        _ => {
            let long = LONG_OPERATORS.iter().find(|it| rest.starts_with(**it));
            (Kind::Operator, long.map_or(first.len_utf8(), |it| it.len()))
        }
    }
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn directive_length(rest: &str) -> usize {
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        length += line.len();
        if !line.trim_end().ends_with('\\') {
            return length - usize::from(line.ends_with('\n'));
        }
    }
    length
}

fn closed_by(rest: &str, opening: usize, closer: &str) -> usize {
    rest[opening..]
        .find(closer)
        .map_or(rest.len(), |at| opening + at + closer.len())
}

/// A literal ends at its quote, and at the end of its line at the latest.
fn literal_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' if !escaped => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scans and writes each token that is not white space as its kind's first letter and its text.
    #[track_caller]
    fn check(language: Language, source: &str, expected: &[&str]) {
        let tokens = scan(source, language);
        let joined: String = tokens.iter().map(|it| it.text).collect();
        assert_eq!(joined, source);
        let told: Vec<String> = tokens
            .iter()
            .filter(|it| it.kind != Kind::Space)
            .map(|it| format!("{:.1} {}", format!("{:?}", it.kind), it.text))
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn words_numbers_and_operators() {
        check(
            Language::Cpp,
            "x1<=a->b+1e9;",
            &["W x1", "O <=", "W a", "O ->", "W b", "O +", "N 1e9", "O ;"],
        );
    }

    #[test]
    fn comments_of_c() {
        check(
            Language::C,
            "a // b\n/* c\nd */ e",
            &["W a", "C // b", "C /* c\nd */", "W e"],
        );
    }

    #[test]
    fn comments_of_python() {
        check(
            Language::Python,
            "a // b # c",
            &["W a", "O //", "W b", "C # c"],
        );
    }

    #[test]
    fn preprocessor_lines_with_continuations() {
        check(
            Language::C,
            " #define A 1 \\\n 2\nb # c",
            &["D #define A 1 \\\n 2", "W b", "O #", "W c"],
        );
    }

    #[test]
    fn literals() {
        check(
            Language::C,
            r#"'"' "\"" x"#,
            &[r#"T '"'"#, r#"T "\"""#, "W x"],
        );
        check(Language::Python, "'''a\n'b''' c", &["T '''a\n'b'''", "W c"]);
    }

    #[test]
    fn what_is_never_closed_ends_with_the_line_or_the_text() {
        check(Language::C, "\"a\nb", &["T \"a", "W b"]);
        check(Language::C, "\"a\\", &["T \"a\\"]);
        check(Language::C, "/* a", &["C /* a"]);
        check(Language::C, "/*/", &["C /*/"]);
        check(Language::Python, "\"\"\"a", &["T \"\"\"a"]);
    }

    #[test]
    fn any_text_is_taken() {
        check(
            Language::Cpp,
            "é→'→\u{a0}\0",
            &["W é", "O →", "T '→\u{a0}\0"],
        );
        check(Language::Cpp, "", &[]);
    }
}
