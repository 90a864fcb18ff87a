//! Prose around code: which line is a sentence, and where a program ends and the talk about it begins.
//!
//! Only lines at the margin are judged, outside strings and comments that span lines. It does not know
//! whether the code is any good.

use riddle_sandbox::Language::{self, Python};

/// Bytes of a line that are judged.
const MAX_JUDGED_BYTES: usize = 4 << 10;
/// Words of a line that make it a sentence, whatever its first letter.
const N_WORDS_OF_SENTENCE: usize = 6;
/// Letters beyond ASCII that make a line without code a sentence, in scripts that need no spaces.
const N_LETTERS_OF_SENTENCE: usize = 4;
/// Words that begin lines of programs.
const KEYWORDS: [&str; 42] = [
    "import", "from", "def", "class", "for", "while", "if", "elif", "else", "return", "with",
    "try", "except", "raise", "global", "nonlocal", "assert", "del", "pass", "print", "use", "fn",
    "let", "func", "var", "package", "type", "int", "void", "struct", "const", "typedef",
    "template", "using", "static", "public", "unsigned", "long", "double", "bool", "auto", "pub",
];

/// Returns where a program ends that a text begins with: before the first line of prose, of the next
/// problem, or of a fence.
pub(super) fn end_of_program(language: Language, text: &str) -> usize {
    let mut inside: Option<&str> = None;
    let mut at = 0;
    let mut last_code = 0;
    for line in text.split_inclusive('\n') {
        let margin = !line.starts_with([' ', '\t']);
        let ends = inside.is_none() && last_code > 0 && margin && ends_program(language, line);
        if ends {
            return last_code;
        }
        inside = after_line(language, line, inside);
        at += line.len();
        // A heading goes with what follows: to prose, or in Python, where it is a comment, to code.
        let is_heading = inside.is_none() && margin && line.starts_with("##");
        if !line.trim().is_empty() && !is_heading {
            last_code = at;
        }
    }
    text.len()
}

fn ends_program(language: Language, line: &str) -> bool {
    let line = line.trim();
    let bare = line.trim_start_matches(['#', '/', ' ']);
    let has = |words: &[&str], text: &str| words.iter().any(|it| text.starts_with(it));
    if has(
        &[
            "RATING:",
            "TAGS:",
            "LANGUAGE IS",
            "CORRECT SOLUTION",
            "INCORRECT SOLUTION",
        ],
        bare,
    ) {
        return true;
    }
    // Headings: in Python a comment looks the same.
    let is_heading = line.starts_with('#')
        && language != Python
        && line
            .trim_start_matches('#')
            .trim_start()
            .starts_with(char::is_uppercase);
    let is_title = has(
        &[
            "Problem",
            "Example",
            "Explanation",
            "Input",
            "Output",
            "Note",
            "Solution",
            "Sample",
            "Test",
        ],
        line,
    ) && !line.contains(['=', '(', '[', '.', '{', ';']);
    let is_fence = has(&["```", "~~~"], line);
    is_heading || is_title || is_fence || is_prose(line)
}

/// Follows what spans lines: Python's strings of three quotes, the comments of the others.
fn after_line(
    language: Language,
    line: &str,
    mut inside: Option<&'static str>,
) -> Option<&'static str> {
    let pairs: &[(&str, &str)] = if language == Python {
        &[("\"\"\"", "\"\"\""), ("'''", "'''")]
    } else {
        &[("/*", "*/")]
    };
    let mut rest = line;
    loop {
        if let Some(end) = inside {
            let Some(at) = rest.find(end) else {
                return inside;
            };
            rest = &rest[at + end.len()..];
            inside = None;
        } else {
            let opening = pairs
                .iter()
                .filter_map(|(open, end)| rest.find(open).map(|at| (at + open.len(), *end)))
                .min();
            let (at, end) = opening?;
            rest = &rest[at..];
            inside = Some(end);
        }
    }
}

/// Whether a line at the margin is prose and no line of a program.
pub(super) fn is_prose(line: &str) -> bool {
    let line = line.trim();
    let line = &line[..line.floor_char_boundary(MAX_JUDGED_BYTES)];
    let Some(first) = line.chars().next() else {
        return false;
    };
    if ["**", "---", "===", "> "]
        .iter()
        .any(|it| line.starts_with(it))
    {
        return true;
    }
    if line.starts_with("//") || line.starts_with("/*") || first == '#' || first == '*' {
        return false;
    }
    // What sentences do not have, but for what they quote.
    let code_like = ";{}=[]_<>\"\\";
    let n_code = line.chars().filter(|it| code_like.contains(*it)).count();
    let foreign_letters = line
        .chars()
        .filter(|it| !it.is_ascii() && it.is_alphabetic());
    if n_code == 0 && foreign_letters.count() >= N_LETTERS_OF_SENTENCE {
        return true;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let n_words = words.iter().filter(|it| is_word(it)).count();
    if n_words * 3 < words.len() * 2 || n_code * 4 > n_words {
        return false;
    }
    let is_ended = line.ends_with(['.', ':', '!', '?']);
    // "long solve(long a, long b)" is no sentence.
    let calls = words.iter().any(|it| it.find('(').is_some_and(|at| at > 0));
    if KEYWORDS.contains(words.first().unwrap_or(&"")) {
        return n_words >= N_WORDS_OF_SENTENCE && line.ends_with(['.', '!', '?']);
    }
    if calls && !is_ended {
        return false;
    }
    (n_words >= 3 && (first.is_uppercase() || is_ended))
        || n_words >= N_WORDS_OF_SENTENCE
        || (n_words >= 1 && first.is_uppercase() && line.ends_with(':'))
}

/// Whether a word is one of a sentence, punctuation aside.
fn is_word(word: &str) -> bool {
    let word = word.trim_matches(|it| ",.:!?()`\"'".contains(it));
    let is_letter = |it: char| it.is_alphabetic() || "'-’".contains(it);
    !word.is_empty() && word.chars().all(is_letter)
}
