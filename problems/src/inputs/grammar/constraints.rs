//! What a statement says about its input: limits, the order of names, and a few telling words.
//!
//! Any language, any markup: only formulas, names, and a short list of words are looked at. Whether
//! a limit is true of the public inputs is checked elsewhere.

use super::expr::Expr;
use super::formula::{Formula, Reader};
use super::plain::{Name, Placed, Symbol, symbols};
use super::search::Hints;

/// The most symbols of one chain such as `1 ≤ a < b ≤ n`.
const MAX_CHAIN: usize = 80;
/// The most limits, and the most mentions of names, that are kept.
const MAX_LIMITS: usize = 200;
const MAX_MENTIONS: usize = 300;

/// One side of a range: the formula, and whether it is itself outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Side {
    pub(super) formula: Formula,
    pub(super) is_strict: bool,
}

/// A limit of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) subject: Name,
    /// Whether `|name|` is limited: a length, or an absolute value.
    pub(super) is_size: bool,
    pub(super) low: Vec<Side>,
    pub(super) high: Vec<Side>,
    /// Whether it stands where the input is described.
    pub(super) is_near: bool,
}

/// A name where the input is described.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) name: Name,
    /// Whether so many of something are spoken of.
    pub(super) counts: bool,
    /// Whether it stands in or beside an inequality.
    pub(super) is_limited: bool,
}

/// What a statement says.
#[derive(Default)]
pub(super) struct Statement {
    pub(super) limits: Vec<Limit>,
    /// Inequalities of formulas: left ≤ right, or < where strict.
    pub(super) checks: Vec<(Formula, Formula, bool)>,
    /// Pairs of names that differ.
    pub(super) unequal: Vec<(Name, Name)>,
    pub(super) mentions: Vec<Mention>,
    /// Limits of a name summed over all cases.
    pub(super) sums: Vec<(Name, i128)>,
    /// The most characters that words have.
    pub(super) max_length: Option<i128>,
    pub(super) hints: Hints,
    pub(super) words: Words,
}

/// Words that say what a list or a string is.
#[expect(
    clippy::struct_excessive_bools,
    reason = "a set of words, each there or not"
)]
#[derive(Clone, Copy, Default)]
pub(super) struct Words {
    pub(super) permutation: bool,
    pub(super) distinct: bool,
    pub(super) sorted: bool,
    pub(super) connected: bool,
    pub(super) lower: bool,
    pub(super) upper: bool,
    pub(super) real: bool,
}

/// Reads a statement.
pub(super) fn read(statement: &str) -> Statement {
    let section = input_section(statement);
    let near = symbols(section.unwrap_or(statement));
    let mut out = Statement {
        words: words(&near),
        hints: hints(&near),
        ..Statement::default()
    };
    chains(&near, true, &mut out);
    betweens(&near, &mut out);
    if section.is_some() {
        let n_near = (out.checks.len(), out.unequal.len());
        chains(&symbols(statement), false, &mut out);
        // Outside, an inequality may be about anything.
        out.checks.truncate(n_near.0);
        out.unequal.truncate(n_near.1);
    }
    sums(&symbols(statement), &mut out);
    let known: Vec<Name> = out.limits.iter().map(|it| it.subject.clone()).collect();
    mentions(&near, &known, &mut out);
    out
}

const INPUT_TITLES: &[&str] = &[
    "input",
    "inputs",
    "input format",
    "input specification",
    "the input",
    "indata",
    "eingabe",
    "entrada",
    "entrée",
    "entree",
    "input data",
    "入力",
    "输入",
    "входные данные",
    "формат входных данных",
    "wejście",
    "dane wejściowe",
];
const OTHER_TITLES: &[&str] = &[
    "output",
    "outputs",
    "output format",
    "output specification",
    "the output",
    "utdata",
    "ausgabe",
    "salida",
    "saída",
    "sortie",
    "output data",
    "出力",
    "输出",
    "выходные данные",
    "формат выходных данных",
    "examples",
    "example",
    "sample",
    "samples",
    "sample input",
    "scoring",
    "poäng",
    "note",
    "notes",
    "wyjście",
];

/// Returns the part that describes the input, if one has that title.
fn input_section(statement: &str) -> Option<&str> {
    let mut start = None;
    let mut at = 0;
    for line in statement.split_inclusive('\n') {
        let title = title(line);
        if let Some(title) = title {
            if start.is_none() && INPUT_TITLES.contains(&title.as_str()) {
                start = Some(at + line.len());
            } else if OTHER_TITLES.contains(&title.as_str())
                && let Some(start) = start
            {
                return Some(&statement[start..at]);
            }
        }
        at += line.len();
    }
    start.map(|it| &statement[it..])
}

/// Returns the words of a line that can be a title: a few, whatever the markup.
fn title(line: &str) -> Option<String> {
    let mut line = line.trim();
    if line.len() > 120 {
        return None;
    }
    for command in [
        "\\section*",
        "\\section",
        "\\subsection*",
        "\\subsection",
        "\\begin",
        "\\textbf",
    ] {
        if let Some(rest) = line.strip_prefix(command) {
            line = rest;
        }
    }
    let mut text = String::new();
    let mut is_tag = false;
    for char in line.chars() {
        match char {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if !is_tag && (char.is_alphabetic() || char == ' ') => {
                text.extend(char.to_lowercase());
            }
            _ => {}
        }
    }
    let text = text.trim();
    (!text.is_empty() && text.chars().count() < 40).then(|| text.to_owned())
}

fn word(symbol: &Symbol) -> Option<&str> {
    match symbol {
        Symbol::Word(it) => Some(it),
        _ => None,
    }
}

fn words(symbols: &[Placed]) -> Words {
    let mut found = Words::default();
    let mut before = "";
    for symbol in symbols {
        let Some(word) = word(&symbol.symbol) else {
            continue;
        };
        let negated = matches!(before, "not" | "no" | "necessarily");
        match word {
            "permutation" | "permutations" | "перестановка" => found.permutation = true,
            "distinct" | "different" | "unique" | "distinta" | "olika" | "verschiedene"
            | "различны" | "различных" => found.distinct |= !negated,
            "sorted" | "increasing" | "ascending" | "decreasing" | "descending" | "order" => {
                found.sorted |= !negated;
            }
            "connected" | "tree" | "reachable" => found.connected |= !negated,
            "real" | "floating" | "decimal" | "decimals" => found.real = true,
            "lowercase" | "lower" => found.lower = true,
            "uppercase" | "upper" | "capital" => found.upper = true,
            _ => {}
        }
        before = word;
    }
    found
}

fn hints(symbols: &[Placed]) -> Hints {
    let mut hints = Hints::default();
    for pair in symbols.windows(2) {
        let counts = matches!(
            pair[0].symbol,
            Symbol::Name(_) | Symbol::Number(_) | Symbol::Mark(')')
        );
        match &pair[1].symbol {
            Symbol::Word(word) if counts => match word.as_str() {
                "lines" | "rows" | "rader" | "linhas" | "líneas" | "строк" | "zeilen" | "行" =>
                {
                    hints.has_lines |= !matches!(pair[0].symbol, Symbol::Number(_));
                }
                "integers" | "numbers" | "values" | "elements" | "heltal" | "inteiros"
                | "enteros" | "чисел" | "space" | "separated" => {
                    hints.has_lists |= !matches!(pair[0].symbol, Symbol::Number(_));
                }
                _ => {}
            },
            Symbol::Word(word) if matches!(word.as_str(), "cases" | "testcases") => {
                hints.has_cases = true;
            }
            Symbol::Word(word) if word == "file" && self::word(&pair[0].symbol) == Some("of") => {
                hints.has_cases = true;
            }
            Symbol::Dots => hints.has_lists = true,
            _ => {}
        }
    }
    hints
}

/// Finds chains such as `1 ≤ a < b ≤ n`.
fn chains(symbols: &[Placed], is_near: bool, out: &mut Statement) {
    let mut at = 0;
    while at < symbols.len() {
        if out.limits.len() >= MAX_LIMITS || out.checks.len() >= MAX_LIMITS {
            return;
        }
        let mut reader = Reader {
            symbols,
            at,
            end: symbols.len().min(at + MAX_CHAIN),
        };
        match chain(&mut reader, is_near, out) {
            Some(()) => at = reader.at.max(at + 1),
            None => at += 1,
        }
    }
}

fn chain(reader: &mut Reader<'_>, is_near: bool, out: &mut Statement) -> Option<()> {
    let mut first = reader.side()?;
    // `two numbers n and m, 1 ≤ n`: what stands before a constant is another matter.
    let last = first.len() - 1;
    if let Some(constant) = first.iter().rposition(|it| it.vars().is_empty()) {
        first.drain(..if constant == last { last } else { constant + 1 });
    }
    let mut sides = vec![first];
    let mut relations = Vec::new();
    while let Some(Symbol::Relation(relation)) = reader.peek() {
        let relation = *relation;
        let before = reader.at;
        reader.at += 1;
        let Some(mut side) = reader.side() else {
            reader.at = before;
            break;
        };
        relations.push(relation);
        // After `n ≤ 10, m ≤ 5` or `1 ≤ k ≤ n, 0 ≤ m` another chain begins behind the comma.
        let ends =
            side.len() > 1 && (relations.len() >= 2 || side.iter().any(|it| it.vars().is_empty()));
        if ends {
            let keeps = side[0].clone();
            side.truncate(1);
            sides.push(side);
            // Read the rest again from behind the first formula.
            reader.at = before + 1;
            reader.formula();
            debug_assert!(sides.last().is_some_and(|it| it[0] == keeps));
            break;
        }
        sides.push(side);
    }
    if relations.is_empty() {
        return None;
    }
    if let ([left, right, ..], true) = (&sides[..], relations.contains(&'≠')) {
        if let ([.., Expr::Var(left)], [Expr::Var(right), ..]) = (&left[..], &right[..]) {
            out.unequal.push((left.clone(), right.clone()));
        }
        return Some(());
    }
    if relations.contains(&'=') {
        return Some(());
    }
    let falls = relations.iter().all(|it| matches!(it, '≥' | '>'));
    if falls {
        sides.reverse();
        relations.reverse();
    } else if !relations.iter().all(|it| matches!(it, '≤' | '<')) {
        return Some(());
    }
    let is_strict = |it: &char| matches!(it, '<' | '>');
    // `a < i` where the first side is a list and no number: the list is what is limited.
    for (place, side) in sides.iter().enumerate() {
        for formula in side {
            let Expr::Var(subject) = formula else {
                continue;
            };
            let bare = subject
                .base
                .strip_prefix('|')
                .and_then(|it| it.strip_suffix('|'));
            let sides_of = |range: std::ops::Range<usize>, between: std::ops::Range<usize>| {
                let strict = relations[between].iter().any(is_strict);
                sides[range].iter().flatten().map(move |it| Side {
                    formula: it.clone(),
                    is_strict: strict,
                })
            };
            let low = (0..place).flat_map(|it| sides_of(it..it + 1, it..place));
            let high = (place + 1..sides.len()).flat_map(|it| sides_of(it..it + 1, place..it));
            out.limits.push(Limit {
                subject: Name {
                    base: bare.unwrap_or(&subject.base).to_owned(),
                    sub: subject.sub.clone(),
                },
                is_size: bare.is_some(),
                low: low.collect(),
                high: high.collect(),
                is_near,
            });
        }
    }
    for (place, relation) in relations.iter().enumerate() {
        for left in &sides[place] {
            for right in &sides[place + 1] {
                let is_formula = |it: &Formula| matches!(it, Expr::Op(..)) && !it.vars().is_empty();
                if is_formula(left) || is_formula(right) {
                    out.checks
                        .push((left.clone(), right.clone(), is_strict(relation)));
                }
            }
        }
    }
    Some(())
}

/// Finds `between 1 and 100`, and how long words are at most.
fn betweens(symbols: &[Placed], out: &mut Statement) {
    for at in 0..symbols.len() {
        let Some(word) = word(&symbols[at].symbol) else {
            continue;
        };
        let mut reader = Reader {
            symbols,
            at: at + 1,
            end: symbols.len().min(at + MAX_CHAIN),
        };
        let constant = |reader: &mut Reader<'_>| reader.formula()?.constant();
        match word {
            "most" | "exceeding" | "maximum" | "exceed" => {
                if let Some(most) = constant(&mut reader)
                    && let Some(Symbol::Word(unit)) = reader.peek()
                    && is_letters(unit)
                {
                    out.max_length = Some(out.max_length.map_or(most, |it| it.min(most)));
                }
            }
            "between" => {
                let Some(low) = constant(&mut reader) else {
                    continue;
                };
                if reader.peek().and_then(self::word) != Some("and") {
                    continue;
                }
                reader.at += 1;
                let Some(high) = constant(&mut reader) else {
                    continue;
                };
                if let Some(Symbol::Word(unit)) = reader.peek()
                    && is_letters(unit)
                {
                    out.max_length = Some(out.max_length.map_or(high, |it| it.min(high)));
                    continue;
                }
                let before = symbols[at.saturating_sub(25)..at].iter().rev();
                let sentence = before.take_while(|it| self::word(&it.symbol) != Some("."));
                let names = sentence.filter_map(|it| match &it.symbol {
                    Symbol::Name(name) => Some(name.clone()),
                    _ => None,
                });
                let mut subjects: Vec<Name> = names.take(1).collect();
                if subjects.is_empty() {
                    subjects.push(anonymous(at));
                }
                let side = |value| {
                    vec![Side {
                        formula: Expr::Number(value),
                        is_strict: false,
                    }]
                };
                for subject in subjects {
                    out.limits.push(Limit {
                        subject,
                        is_size: false,
                        low: side(low),
                        high: side(high),
                        is_near: true,
                    });
                }
            }
            _ => {}
        }
    }
}

/// A name for what has none, by where it is spoken of.
fn anonymous(at: usize) -> Name {
    Name {
        base: "?".to_owned(),
        sub: at.to_string(),
    }
}

fn is_letters(word: &str) -> bool {
    matches!(
        word,
        "characters" | "letters" | "symbols" | "chars" | "digits" | "long"
    )
}

/// Finds `the sum of n over all cases does not exceed X`.
fn sums(symbols: &[Placed], out: &mut Statement) {
    for at in 0..symbols.len() {
        if word(&symbols[at].symbol) != Some("sum") {
            continue;
        }
        let mut name = None;
        for next in at + 1..symbols.len().min(at + 30) {
            match &symbols[next].symbol {
                Symbol::Name(it) if name.is_none() => name = Some(it.clone()),
                Symbol::Word(word) if word == "." => break,
                Symbol::Number(_) | Symbol::Decimal(..) => {
                    let mut reader = Reader {
                        symbols,
                        at: next,
                        end: symbols.len().min(next + MAX_CHAIN),
                    };
                    let limit = reader.formula().and_then(|it| it.constant());
                    if let (Some(name), Some(limit)) = (name, limit) {
                        out.sums.push((name, limit));
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    out.sums.truncate(MAX_LIMITS);
}

/// Gathers the names in the order in which they are spoken of.
fn mentions(symbols: &[Placed], known: &[Name], out: &mut Statement) {
    for (at, placed) in symbols.iter().enumerate() {
        if out.mentions.len() >= MAX_MENTIONS {
            return;
        }
        let name = match &placed.symbol {
            Symbol::Name(name) => name.clone(),
            Symbol::Word(word) if word == "between" => {
                let name = anonymous(at);
                if known.contains(&name) {
                    for _ in 0..2 {
                        out.mentions.push(Mention {
                            name: name.clone(),
                            counts: false,
                            is_limited: false,
                        });
                    }
                }
                continue;
            }
            _ => continue,
        };
        let is_known = known.contains(&name);
        let is_article = !placed.is_math && matches!(name.base.as_str(), "a" | "A" | "I" | "s");
        let is_index = matches!(name.base.as_str(), "i" | "j") && name.sub.is_empty();
        let is_long = name.base.chars().count() > 1 && name.sub.is_empty();
        if !is_known && (is_article && name.sub.is_empty() || is_index || is_long) {
            continue;
        }
        let unit = symbols[at + 1..]
            .iter()
            .take(4)
            .find_map(|it| word(&it.symbol));
        let is_next = symbols
            .get(at + 1)
            .is_some_and(|it| matches!(it.symbol, Symbol::Word(_) | Symbol::Mark('-' | '+')));
        let counts = is_next
            && unit.is_some_and(|it| {
                matches!(
                    it,
                    "lines"
                        | "integers"
                        | "numbers"
                        | "rows"
                        | "words"
                        | "strings"
                        | "rader"
                        | "heltal"
                        | "space"
                        | "values"
                        | "elements"
                        | "distinct"
                        | "characters"
                        | "columns"
                        | "pairs"
                )
            });
        let beside = &symbols[at.saturating_sub(4)..symbols.len().min(at + 5)];
        let is_limited = beside
            .iter()
            .any(|it| matches!(it.symbol, Symbol::Relation(_)));
        out.mentions.push(Mention {
            name,
            counts,
            is_limited,
        });
    }
}

#[cfg(test)]
#[path = "constraints_tests.rs"]
mod tests;
