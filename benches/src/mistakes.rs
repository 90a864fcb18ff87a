//! Mistakes put into a program, as sampled programs have them.
//!
//! Each takes a text and a generator and returns another text, or `None` where the text gives it
//! nothing to work on. They go by looks and do not parse: what a mistake is meant to do, it does to
//! nearly all programs that people write, not to all.

use rand::RngExt;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand_chacha::ChaCha8Rng;

use crate::pool::Language;
use crate::scan::{KEYWORDS, Kind, TYPES, Token, scan};

/// Operators and what a confused author writes instead.
const CONFUSIONS: [(&str, &str); 17] = [
    ("<", "<="),
    ("<=", "<"),
    (">", ">="),
    (">=", ">"),
    ("==", "!="),
    ("!=", "=="),
    ("+", "-"),
    ("-", "+"),
    ("+=", "-="),
    ("-=", "+="),
    ("++", "--"),
    ("--", "++"),
    ("&&", "||"),
    ("||", "&&"),
    ("and", "or"),
    ("or", "and"),
    ("%", "/"),
];

/// Statements that never end, in C and C++. The volatile keeps the loop from being optimised away,
/// and the builtins need no header.
const HANGS_C: [&str; 3] = [
    "while (true) {}",
    "{ volatile int spin = 1; while (spin) {} }",
    "while (1) { __builtin_puts(\"again\"); }",
];
const HANGS_PYTHON: [&str; 3] = [
    "while True: pass",
    "while True: print(\"again\")",
    "for _ in iter(int, 1): pass",
];
const CRASHES_C: [&str; 4] = [
    "__builtin_abort();",
    "{ volatile int zero = 0; zero = 1 / zero; }",
    "{ volatile int *end = (volatile int *)-4; end[0] = 1; }",
    "__builtin_exit(3);",
];
const CRASHES_PYTHON: [&str; 4] = [
    "assert False",
    "print(1 // 0)",
    "print([][1])",
    "raise SystemExit(3)",
];

/// Makes one to three small mistakes that mostly still compile.
pub(crate) fn mutate(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    let mut text = source.to_owned();
    for _ in 0..rng.random_range(1..=3) {
        let tweak = [
            change_constant,
            confuse_operator,
            drop_statement,
            swap_statements,
        ]
        .choose(rng)
        .expect("not empty");
        if let Some(tweaked) = tweak(&text, language, rng) {
            text = tweaked;
        }
    }
    (text != source).then_some(text)
}

/// Leaves out a closing bracket.
pub(crate) fn unclose(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    let is_closer =
        |it: &Token<'_>| it.kind == Kind::Operator && [")", "]", "}"].contains(&it.text);
    replace_one(source, language, rng, |tokens, index| {
        is_closer(&tokens[index]).then(String::new)
    })
}

/// Misspells one use of a name.
pub(crate) fn misname(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    replace_one(source, language, rng, |tokens, index| {
        let token = tokens[index];
        let is_name = token.kind == Kind::Word && !KEYWORDS.contains(&token.text);
        (is_name && tokens[..index].contains(&token)).then(|| format!("{}_2", token.text))
    })
}

/// Cuts the text off as a model does that has no tokens left, and before its last line.
pub(crate) fn truncate(source: &str, rng: &mut ChaCha8Rng) -> Option<String> {
    let last_line = source.trim_end().rfind('\n')?;
    let cut = (source.len() / 8..last_line)
        .filter(|at| source.is_char_boundary(*at))
        .choose(rng)?;
    Some(source[..cut].to_owned())
}

/// Puts in a statement that never ends.
pub(crate) fn hang(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    let statement = match language {
        // C has no `true` without a header.
        Language::C => HANGS_C[1..].choose(rng),
        Language::Cpp => HANGS_C.choose(rng),
        Language::Python => HANGS_PYTHON.choose(rng),
    };
    insert_statement(source, language, statement.expect("not empty"), rng)
}

/// Puts in a statement that crashes or exits with a code.
pub(crate) fn crash(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    let statement = match language {
        Language::C | Language::Cpp => CRASHES_C.choose(rng),
        Language::Python => CRASHES_PYTHON.choose(rng),
    };
    insert_statement(source, language, statement.expect("not empty"), rng)
}

fn change_constant(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    let change = rng.random_range(0..4);
    replace_one(source, language, rng, |tokens, index| {
        let value: u64 = tokens[index].text.parse().ok()?;
        let changed = match change {
            0 => value.saturating_add(1),
            1 => value.saturating_sub(1),
            2 => value.saturating_mul(10),
            _ => 0,
        };
        (changed != value).then(|| changed.to_string())
    })
}

fn confuse_operator(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    replace_one(source, language, rng, |tokens, index| {
        let token = &tokens[index];
        let is_operator = matches!(token.kind, Kind::Operator | Kind::Word);
        let confusion = CONFUSIONS.iter().find(|it| it.0 == token.text)?;
        is_operator.then(|| confusion.1.to_owned())
    })
}

fn drop_statement(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    let mut lines: Vec<&str> = source.lines().collect();
    let dropped = *statements(&lines, language).choose(rng)?;
    let line = format!("{}{}", indent(lines[dropped]), language.empty_statement());
    lines[dropped] = &line;
    Some(join(&lines))
}

fn swap_statements(source: &str, language: Language, rng: &mut ChaCha8Rng) -> Option<String> {
    let mut lines: Vec<&str> = source.lines().collect();
    let pairs: Vec<usize> = statements(&lines, language)
        .windows(2)
        .filter(|it| it[0] + 1 == it[1])
        .map(|it| it[0])
        .filter(|it| indent(lines[*it]) == indent(lines[it + 1]) && lines[*it] != lines[it + 1])
        .collect();
    let first = *pairs.choose(rng)?;
    lines.swap(first, first + 1);
    Some(join(&lines))
}

fn insert_statement(
    source: &str,
    language: Language,
    statement: &str,
    rng: &mut ChaCha8Rng,
) -> Option<String> {
    let mut lines: Vec<&str> = source.lines().collect();
    let before = *statements(&lines, language).choose(rng)?;
    let line = format!("{}{statement}", indent(lines[before]));
    lines.insert(before, &line);
    Some(join(&lines))
}

/// Replaces one token, chosen among those for which `replacement` has one.
fn replace_one(
    source: &str,
    language: Language,
    rng: &mut ChaCha8Rng,
    replacement: impl Fn(&[Token<'_>], usize) -> Option<String>,
) -> Option<String> {
    let tokens = scan(source, language);
    let (chosen, text) = (0..tokens.len())
        .filter_map(|index| Some((index, replacement(&tokens, index)?)))
        .choose(rng)?;
    let before = tokens[..chosen].iter().map(|it| it.text);
    let after = tokens[chosen + 1..].iter().map(|it| it.text);
    Some(before.chain([text.as_str()]).chain(after).collect())
}

/// Returns the lines that look like one whole statement, not a declaration, inside a function or
/// (Python) anywhere, before which another statement can stand.
fn statements(lines: &[&str], language: Language) -> Vec<usize> {
    let python = language == Language::Python;
    let whole = |line: &str| {
        let word = line
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or("");
        let starts = line.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let ends = if python {
            !line.ends_with([':', ',', '\\', '(', '[', '{'])
        } else {
            line.ends_with(';')
        };
        let declares = TYPES.contains(&word)
            || [
                "class", "const", "def", "elif", "else", "except", "for", "from", "import",
            ]
            .contains(&word)
            || ["static", "struct", "typedef", "using", "vector"].contains(&word);
        starts && ends && !declares && is_balanced(line)
    };
    let ended = |line: &str| {
        if python {
            !line.ends_with([',', '\\', '(', '[', '{', '+', '-', '*', '/', '='])
        } else {
            line.is_empty()
                || line.ends_with([';', '{', '}', ':'])
                // The body of a bracketless loop would lose the loop's variable.
                || (line.ends_with(')') && !line.starts_with("for"))
                || line.ends_with("else")
                || line.ends_with("*/")
                || line.starts_with("//")
        }
    };
    let goes_on = |line: &str| {
        ["else", "elif", "except", "}else", "} else"]
            .iter()
            .any(|it| line.starts_with(it))
    };
    (0..lines.len())
        .filter(|&at| {
            let indented = python || !indent(lines[at]).is_empty();
            let before = at.checked_sub(1).map_or("", |it| lines[it].trim());
            let after = lines.get(at + 1).map_or("", |it| it.trim());
            indented && whole(lines[at].trim()) && ended(before) && !goes_on(after)
        })
        .collect()
}

fn is_balanced(line: &str) -> bool {
    let count = |brackets: [char; 3]| line.matches(brackets).count();
    count(['(', '[', '{']) == count([')', ']', '}'])
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

fn join(lines: &[&str]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::rewrite;
    use crate::rewrite::tests::{CPP, PYTHON, check_edit, rngs};

    #[test]
    fn mutants_differ_by_a_constant_an_operator_or_a_line() {
        check_edit(
            |rng| mutate(CPP, Language::Cpp, rng),
            &["sum = n - 1", "return 1", "    ;\n", "sum);\n    sum"],
            |it| it != CPP,
        );
        check_edit(
            |rng| mutate(PYTHON, Language::Python, rng),
            &["total -= i", "total = 1", "    pass\n"],
            |it| it != PYTHON,
        );
    }

    #[test]
    fn unclosing_takes_one_bracket() {
        check_edit(
            |rng| unclose(CPP, Language::Cpp, rng),
            &["main( {"],
            |it| it.len() + 1 == CPP.len() && !is_balanced(it),
        );
    }

    #[test]
    fn misnaming_spares_the_first_use() {
        check_edit(
            |rng| misname(PYTHON, Language::Python, rng),
            &["print(total_2)", "range(n_2)"],
            |it| it.starts_with("n = int(input())\ntotal = 0") && it.len() == PYTHON.len() + 2,
        );
    }

    #[test]
    fn truncating_leaves_a_beginning() {
        check_edit(
            |rng| truncate(CPP, rng),
            &[],
            |it| CPP.starts_with(it) && !it.trim_end().ends_with('}'),
        );
    }

    #[test]
    fn hangs_and_crashes_stand_before_a_statement() {
        check_edit(
            |rng| hang(CPP, Language::Cpp, rng),
            &["    while (true) {}\n    sum = n + 1;"],
            |it| it.lines().count() == CPP.lines().count() + 1,
        );
        check_edit(
            |rng| crash(PYTHON, Language::Python, rng),
            &["    print(1 // 0)\n    total += i"],
            |it| it.lines().count() == PYTHON.lines().count() + 1,
        );
    }

    #[test]
    fn text_without_handholds_is_refused_or_left_whole() {
        for source in ["", "\n", "→", "\\"] {
            for mut rng in rngs() {
                for language in [Language::C, Language::Cpp, Language::Python] {
                    assert_eq!(mutate(source, language, &mut rng), None);
                    assert_eq!(unclose(source, language, &mut rng), None);
                    assert_eq!(misname(source, language, &mut rng), None);
                    assert_eq!(truncate(source, &mut rng), None);
                    rewrite(source, language, &mut rng);
                }
            }
        }
    }
}
