//! Harmless changes to a program: other names, comments and white space.
//!
//! They go by looks and do not parse: that a program does what it did holds for nearly all that
//! people write, not for all.

use std::collections::BTreeSet;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use crate::pool::Language;
use crate::scan::{KEYWORDS, Kind, TYPES, Token, scan};

/// Returns the same program with other names, comments and spacing.
pub(crate) fn rewrite(source: &str, language: Language, rng: &mut ChaCha8Rng) -> String {
    let tokens = scan(source, language);
    let renamed: BTreeSet<&str> = renameable(&tokens, language)
        .into_iter()
        .filter(|_| rng.random())
        .collect();
    let suffix = ["_", "_1", "x", "_value"].choose(rng).expect("not empty");

    let mut text = String::with_capacity(source.len());
    for token in tokens {
        text.push_str(token.text);
        if token.kind == Kind::Word && renamed.contains(token.text) {
            text.push_str(suffix);
        }
    }
    let text = recomment(&text, language, rng);
    respace(&text, language, rng)
}

/// Returns the same program with other white space, never the same text.
pub(crate) fn respace(source: &str, language: Language, rng: &mut ChaCha8Rng) -> String {
    let tokens = scan(source, language);
    let mut text = String::with_capacity(source.len() + 16);
    for (index, token) in tokens.iter().enumerate() {
        if is_line_end(&tokens, index) && rng.random_ratio(1, 6) {
            text.push_str(["\n", " ", "\t", "  "].choose(rng).expect("not empty"));
        }
        text.push_str(token.text);
    }
    text.push('\n');
    text
}

/// Adds some comments and drops some others.
fn recomment(source: &str, language: Language, rng: &mut ChaCha8Rng) -> String {
    const REMARKS: [&str; 5] = ["read the input", "main loop", "edge case", "O(n)", "answer"];
    let mark = if language == Language::Python {
        "#"
    } else {
        "//"
    };
    let tokens = scan(source, language);
    let mut text = String::with_capacity(source.len() + 64);
    for (index, token) in tokens.iter().enumerate() {
        if is_line_end(&tokens, index) && rng.random_ratio(1, 12) {
            text.push('\n');
            text.push_str(mark);
            text.push(' ');
            text.push_str(REMARKS.choose(rng).expect("not empty"));
        }
        if token.kind == Kind::Comment && rng.random_ratio(1, 4) {
            // A comment stands for a space.
            text.push(' ');
        } else {
            text.push_str(token.text);
        }
    }
    text
}

/// Returns whether a token is the white space at the end of a line that is not continued.
fn is_line_end(tokens: &[Token<'_>], index: usize) -> bool {
    let token = &tokens[index];
    token.kind == Kind::Space
        && token.text.contains('\n')
        && (index > 0 && !tokens[index - 1].text.ends_with('\\'))
}

/// Returns the variables that look safe to rename wherever they occur.
fn renameable<'a>(tokens: &[Token<'a>], language: Language) -> BTreeSet<&'a str> {
    let solid: Vec<&Token<'a>> = tokens
        .iter()
        .filter(|it| !matches!(it.kind, Kind::Space | Kind::Comment))
        .collect();
    let mut declared = BTreeSet::new();
    let mut barred = BTreeSet::new();
    let mut depth = 0_usize;
    for (index, token) in solid.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |it| solid[it].text);
        let after = solid.get(index + 1).map_or("", |it| it.text);
        match token.kind {
            Kind::Word if KEYWORDS.contains(&token.text) => {}
            Kind::Word => {
                let keyword_argument = language == Language::Python && depth > 0 && after == "=";
                let shared = [".", "->", "::", "import", "as", "global"].contains(&before)
                    || ["(", "::", ".."].contains(&after);
                if shared || keyword_argument {
                    barred.insert(token.text);
                } else if match language {
                    Language::Python => after == "=",
                    Language::C | Language::Cpp => TYPES.contains(&before),
                } {
                    declared.insert(token.text);
                }
            }
            // Format strings and macros use names where a rename does not reach.
            Kind::Text if language != Language::Python => {}
            Kind::Text | Kind::Directive => {
                barred.extend(token.text.split(|c: char| !c.is_alphanumeric() && c != '_'));
            }
            Kind::Operator if ["(", "[", "{"].contains(&token.text) => depth += 1,
            Kind::Operator if [")", "]", "}"].contains(&token.text) => {
                depth = depth.saturating_sub(1);
            }
            Kind::Operator | Kind::Number | Kind::Space | Kind::Comment => {}
        }
    }
    declared.difference(&barred).copied().collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use rand::SeedableRng;

    use super::*;

    pub(crate) const CPP: &str = "#include <cstdio>\n\
        int main() {\n    int n; // counts\n    int sum = 0;\n    scanf(\"%d\", &n);\n    \
        sum = n + 1;\n    printf(\"%d\\n\", sum);\n    return 0;\n}\n";
    pub(crate) const PYTHON: &str = "n = int(input())\ntotal = 0\nfor i in range(n):\n    total += i\n    \
        print(i, end=\"\")\nprint(total)\n";

    pub(crate) fn rngs() -> impl Iterator<Item = ChaCha8Rng> {
        (0..40).map(ChaCha8Rng::seed_from_u64)
    }

    /// Applies an edit with many seeds and returns the distinct results.
    fn results(edit: impl Fn(&mut ChaCha8Rng) -> Option<String>) -> BTreeSet<String> {
        rngs().filter_map(|mut rng| edit(&mut rng)).collect()
    }

    #[track_caller]
    pub(crate) fn check_edit(
        edit: impl Fn(&mut ChaCha8Rng) -> Option<String>,
        some: &[&str],
        always: impl Fn(&str) -> bool,
    ) {
        let results = results(edit);
        for part in some {
            assert!(results.iter().any(|it| it.contains(part)), "never `{part}`");
        }
        for result in &results {
            assert!(always(result), "not as it should be:\n{result}");
        }
    }

    /// The words, numbers and operators, without white space and comments.
    fn meaning(source: &str, language: Language) -> Vec<String> {
        scan(source, language)
            .into_iter()
            .filter(|it| !matches!(it.kind, Kind::Space | Kind::Comment))
            .map(|it| it.text.trim().to_owned())
            .collect()
    }

    #[test]
    fn respacing_changes_white_space_only() {
        for (source, language) in [(CPP, Language::Cpp), (PYTHON, Language::Python)] {
            check_edit(
                |rng| Some(respace(source, language, rng)),
                &[" \n", "\n\n"],
                |it| it != source && meaning(it, language) == meaning(source, language),
            );
        }
    }

    #[test]
    fn respacing_keeps_continued_lines() {
        let source = "x = 1 + \\\n    2\n";
        check_edit(
            |rng| Some(respace(source, Language::Python, rng)),
            &[],
            |it| it.contains("\\\n    2"),
        );
    }

    #[test]
    fn rewriting_renames_every_use_of_a_name() {
        check_edit(
            |rng| Some(rewrite(CPP, Language::Cpp, rng)),
            &["sum_1", "n_value", "// main loop\n"],
            |it| {
                let (old, new) = (meaning(CPP, Language::Cpp), meaning(it, Language::Cpp));
                let pairs: BTreeSet<_> = old.iter().zip(&new).collect();
                let olds: BTreeSet<_> = old.iter().collect();
                let news: BTreeSet<_> = new.iter().collect();
                old.len() == new.len() && pairs.len() == olds.len() && pairs.len() == news.len()
            },
        );
    }

    #[test]
    fn only_what_the_program_names_itself_is_renamed() {
        let names = |source, language| {
            let tokens = scan(source, language);
            renameable(&tokens, language)
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(CPP, Language::Cpp), ["n", "sum"]);
        assert_eq!(names(PYTHON, Language::Python), ["n", "total"]);
        assert!(
            names(
                "int size; a.size(); int f(); int d;\n#define X d\n",
                Language::Cpp
            )
            .is_empty()
        );
        assert!(
            names(
                "end = 1\nprint(2, end=3)\nk = 2\nf'{k}'\n",
                Language::Python
            )
            .is_empty()
        );
    }
}
