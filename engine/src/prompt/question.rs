//! A task as a template sees it: clean text within bounds.
//!
//! Only what every stage may see: there are no private tests here. It does not know how a prompt looks.

use std::collections::BTreeSet;

use riddle_problems::{Task, Test};

use super::{Conditioning, PromptError, clean::clean};

/// Bytes of a statement. A longer one is refused: half a statement is another problem.
const MAX_STATEMENT_BYTES: usize = 64 << 10;
/// Bytes of a shown input or answer; what is beyond is left out, with a mark.
const MAX_SHOWN_BYTES: usize = 1 << 10;
/// Public tests that are shown.
const MAX_SHOWN_TESTS: usize = 4;
/// Characters of a title or a tag.
const MAX_LABEL_CHARS: usize = 100;
/// Tags that are shown.
const MAX_TAGS: usize = 16;

/// What a template may say about a task.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) title: Option<String>,
    pub(super) statement: Option<String>,
    pub(super) tests: Vec<ShownTest>,
    pub(super) rating: Option<u32>,
    pub(super) tags: Vec<String>,
}

/// A public test, as text.
#[derive(Clone, Debug)]
pub(super) struct ShownTest {
    pub(super) input: String,
    pub(super) answer: String,
}

impl Question {
    /// Cleans a task of what is special to models, and to a family by its own list.
    pub(super) fn new(
        task: &Task,
        conditioning: &Conditioning,
        special: &[String],
    ) -> Result<Self, PromptError> {
        let raw = task.statement.as_deref().unwrap_or_default();
        if raw.len() > MAX_STATEMENT_BYTES {
            return Err(PromptError::StatementTooLong {
                problem: task.id.clone(),
                n_bytes: raw.len(),
                limit_bytes: MAX_STATEMENT_BYTES,
            });
        }
        let text = clean(raw, special);
        let statement = Some(text.trim()).filter(|it| !it.is_empty());
        if statement.is_none() && task.public_tests.is_empty() {
            return Err(PromptError::NothingToAsk {
                problem: task.id.clone(),
            });
        }
        let shows_tests = statement.is_some_and(|it| shows(it, &task.public_tests));
        let shown = if shows_tests { 0 } else { MAX_SHOWN_TESTS };
        let heading = statement.and_then(|it| it.lines().next());
        Ok(Self {
            title: task
                .title
                .as_deref()
                .map(|it| label(it, special))
                // Most statements begin with their title.
                .filter(|it| !it.is_empty() && !heading.is_some_and(|line| line.contains(it))),
            statement: statement.map(str::to_owned),
            tests: task
                .public_tests
                .iter()
                .take(shown)
                .map(|it| ShownTest {
                    input: shown_bytes(&it.input, special),
                    answer: shown_bytes(&it.answer, special),
                })
                .collect(),
            rating: conditioning.rating,
            tags: conditioning
                .tags
                .iter()
                .take(MAX_TAGS)
                .map(|it| label(it, special))
                .filter(|it| !it.is_empty())
                .collect(),
        })
    }
}

/// Whether a statement has the first public test in it: every line of input and answer is a line of it.
fn shows(statement: &str, tests: &[Test]) -> bool {
    let lines: BTreeSet<&str> = statement.lines().map(str::trim).collect();
    tests.first().is_some_and(|test| {
        [&test.input, &test.answer].into_iter().all(|bytes| {
            String::from_utf8_lossy(bytes)
                .lines()
                .map(str::trim)
                .all(|line| line.is_empty() || lines.contains(line))
        })
    })
}

/// Makes one short line of a title or a tag.
fn label(text: &str, special: &[String]) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(MAX_LABEL_CHARS).collect();
    clean(&short, special)
}

/// Makes text of a test's bytes, cut at a bound.
fn shown_bytes(bytes: &[u8], special: &[String]) -> String {
    let kept = &bytes[..bytes.len().min(MAX_SHOWN_BYTES)];
    let kept = if kept.len() < bytes.len() {
        // Not in the middle of a character.
        kept.utf8_chunks().next().map_or(kept, |it| {
            let valid = it.valid().as_bytes();
            let torn = it.invalid().len();
            if valid.len() + torn == kept.len() && torn < 4 {
                valid
            } else {
                kept
            }
        })
    } else {
        kept
    };
    let mut text = clean(&String::from_utf8_lossy(kept), special);
    text.truncate(text.trim_end().len());
    if kept.len() < bytes.len() {
        let left_out = bytes.len() - kept.len();
        return format!("{text}\n[{left_out} more bytes]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(input: &str, answer: &str) -> Test {
        Test {
            name: "1".to_owned(),
            input: input.as_bytes().into(),
            answer: answer.as_bytes().into(),
            ..Test::default()
        }
    }

    #[test]
    fn a_statement_shows_a_test_if_it_has_all_its_lines() {
        let statement = "Add.\n\n```\n1 2\n  7\n```\nOutput: \n```\n3\n```";
        assert!(shows(statement, &[test("1 2\r\n7\n\n", "3\n")]));
        assert!(!shows(statement, &[test("1 2\n7\n", "4\n")]));
        assert!(!shows("1 and 3 are odd", &[test("1", "3")]));
        assert!(!shows(statement, &[]));
    }

    #[test]
    fn what_is_shown_of_a_test_is_cut_with_a_mark() {
        let long = "é".repeat(MAX_SHOWN_BYTES);
        let shown = shown_bytes(format!("x{long}").as_bytes(), &[]);
        assert!(shown.ends_with("éé\n[1026 more bytes]"), "{shown}");
        assert_eq!(shown_bytes(b"1 2\r\n\xff\n", &[]), "1 2\n\u{fffd}");
    }
}
