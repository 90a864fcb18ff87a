//! The program in a model's answer.
//!
//! Pure, total and linear: any text gives a program or a reason why there is none. It knows how models
//! write (fences that are nested, indented, never closed; prose around bare code; reasoning; the next
//! problem behind the program) and nothing of how they are reached. [`extract`] is the way in.
//!
//! Of several blocks the one is taken that is most of a program in the language asked for: a whole
//! program over one that only prints over a piece, a finished one over one that was cut. Among equals the
//! last wins, since models improve on themselves; after an opening that was written for the model the
//! first wins, since that is where it was told to answer. Among pieces the longest wins. A block whose
//! lines are all in the one taken so far only explains it.

mod fences;
mod prose;
mod reasoning;
mod syntax;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use riddle_sandbox::Language;

use self::{
    fences::{Block, End, blocks, dedent},
    prose::{end_of_program, is_prose},
    reasoning::{before_end_token, without_reasoning},
    syntax::{Extent, Writing},
};
use crate::{Prompt, RejectReason};

/// Bytes of an answer that is looked at.
const MAX_ANSWER_BYTES: usize = 16 << 20;
/// Bytes of prose before bare code.
const MAX_PROSE_BYTES: usize = 256 << 10;
/// Lines by which a block is known to only explain another.
const MAX_COMPARED_LINES: usize = 4096;
/// The score at which a text's looks win over what its fence says.
const SURE_SCORE: u32 = 8;

/// How an answer was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The language of the program. `None`: any.
    pub language: Option<Language>,
    /// What the answer was made to begin with. It may or may not be repeated in the answer.
    pub prefill: &'a str,
    /// Program text that the answer continues, or that precedes the hole it fills.
    pub before: &'a str,
    /// Program text behind the hole.
    pub after: &'a str,
    /// Whether the model ended the answer, and not a limit on tokens or a lost connection.
    pub finished: bool,
}

impl<'a> Asked<'a> {
    /// Returns how a prompt asks.
    pub fn by(prompt: &'a Prompt, finished: bool) -> Self {
        Self {
            language: Some(prompt.language),
            prefill: &prompt.prefill,
            before: &prompt.before,
            after: &prompt.after,
            finished,
        }
    }
}

/// A program found in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// What it is written in.
    pub language: Language,
    /// Its text, which ends with a line feed.
    pub source: String,
    /// Whether the answer was cut before the program ended. It is a candidate all the same.
    pub truncated: bool,
}

/// Why an answer gives no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoCode {
    /// The kind, by which the funnel counts it.
    pub reason: RejectReason,
    /// What exactly was wrong, as a fragment.
    pub detail: String,
}

/// Finds the program in a model's answer.
///
/// Linear in the answer; the source is at most as long as the answer and what it was asked with.
///
/// # Errors
///
/// Returns why there is none: no code, a language that we do not take, or an answer that is too long.
///
/// # Examples
///
/// ```
/// use riddle_engine::{Asked, extract, sandbox::Language};
///
/// let asked = Asked { language: None, prefill: "", before: "", after: "", finished: true };
/// let extracted = extract("Like so:\n~~~py\nprint(2 * int(input()))\n~~~\n", &asked)?;
/// assert_eq!(extracted.language, Language::Python);
/// assert_eq!(extracted.source, "print(2 * int(input()))\n");
/// # Ok::<(), riddle_engine::NoCode>(())
/// ```
pub fn extract(answer: &str, asked: &Asked<'_>) -> Result<Extracted, NoCode> {
    if answer.len() > MAX_ANSWER_BYTES {
        return Err(NoCode {
            reason: RejectReason::SourceTooLarge,
            detail: format!(
                "answer has {} bytes: the limit is {MAX_ANSWER_BYTES}",
                answer.len()
            ),
        });
    }
    if answer.trim().is_empty() {
        return Err(no_code("answer is empty"));
    }
    let answer = answer.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let answer = without_reasoning(&answer);
    let (answer, ended) = before_end_token(&answer);
    if answer.trim().is_empty() {
        return Err(no_code("answer is nothing but reasoning"));
    }
    let asked = Asked {
        finished: asked.finished || ended,
        ..*asked
    };
    let text = with_prefill(answer, asked.prefill);
    let blocks = blocks(&text, syntax::is_info);
    let (found, foreign) = choose(&blocks, &asked);
    if let Some(choice) = found {
        return Ok(from_block(&choice, &asked));
    }
    if let Some(name) = foreign {
        return Err(foreign_language(name));
    }
    if asked.before.is_empty() && asked.after.is_empty() {
        from_prose(answer, &asked)
    } else {
        from_continuation(answer, &asked)
    }
}

fn no_code(detail: &str) -> NoCode {
    NoCode {
        reason: RejectReason::NoCode,
        detail: detail.to_owned(),
    }
}

fn foreign_language(name: &str) -> NoCode {
    NoCode {
        reason: RejectReason::UnknownLanguage,
        detail: format!("program is in `{name}`"),
    }
}

/// Puts the prefill before an answer that does not repeat it.
fn with_prefill(answer: &str, prefill: &str) -> String {
    let start = answer.trim_start();
    let repeats = start.starts_with(prefill.trim()) || start.starts_with("```");
    if repeats {
        answer.to_owned()
    } else {
        format!("{}{answer}", prefill.trim_start())
    }
}

/// A block that could be the program.
struct Choice<'a> {
    block: &'a Block<'a>,
    language: Language,
    extent: Extent,
    /// Better is greater.
    rank: (bool, bool, Extent, bool, usize),
}

/// Chooses among blocks. If there is none to choose, says which language stands in the way.
fn choose<'a>(
    blocks: &'a [Block<'a>],
    asked: &Asked<'_>,
) -> (Option<Choice<'a>>, Option<&'static str>) {
    let mut best: Option<Choice<'a>> = None;
    let mut lines_of_best = BTreeSet::new();
    let mut foreign = None;
    for block in blocks {
        let language = match writing(block, asked) {
            Writing::Ours(language) => language,
            Writing::Foreign(name) => {
                foreign = Some(name);
                continue;
            }
            Writing::Other => continue,
        };
        let is_asked = asked.language.is_none_or(|it| it == language);
        let extent = syntax::extent(language, block.text);
        let complete = block.end != End::Answer || asked.finished;
        let length = if extent == Extent::Whole {
            0
        } else {
            block.text.len()
        };
        let rank = (
            is_asked && extent == Extent::Whole,
            complete,
            extent,
            is_asked,
            length,
        );
        let wins = best
            .as_ref()
            .is_none_or(|best| rank > best.rank || rank == best.rank && asked.prefill.is_empty());
        if wins && !lines(block.text).all(|it| lines_of_best.contains(it)) {
            lines_of_best = lines(block.text).take(MAX_COMPARED_LINES).collect();
            best = Some(Choice {
                block,
                language,
                extent,
                rank,
            });
        }
    }
    (best, foreign)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|it| !it.is_empty())
}

/// Decides what a block is written in: by its fence, unless its looks are sure of something else.
fn writing(block: &Block<'_>, asked: &Asked<'_>) -> Writing {
    use Language::{C, Cpp};
    use Writing::{Foreign, Other, Ours};
    match (syntax::named(block.info), syntax::guess(block.text)) {
        // C++ under the name of C.
        (Some(Ours(C)), Some((Ours(Cpp), _))) => Ours(Cpp),
        (Some(Ours(Cpp)), Some((Ours(C), _))) => Ours(Cpp),
        (Some(Ours(named)), Some((guess, score))) => {
            let sure = score >= SURE_SCORE && syntax::extent(named, block.text) == Extent::Piece;
            if sure { guess } else { Ours(named) }
        }
        // Begun for the model as a program, and not gone on with as one.
        (Some(Ours(_)), None) if lines(block.text).next().is_some_and(is_prose) => Other,
        (Some(Other), Some((guess, score))) if score >= SURE_SCORE => guess,
        (Some(named @ (Ours(_) | Foreign(_) | Other)), _) => named,
        (None, Some((guess, _))) => as_asked(guess, asked),
        (None, None) => match asked.language {
            Some(language) if is_code_like(block.text) => Ours(language),
            _ => Other,
        },
    }
}

/// C is also C++, where that is what was asked for.
fn as_asked(guess: Writing, asked: &Asked<'_>) -> Writing {
    match guess {
        Writing::Ours(Language::C) if asked.language == Some(Language::Cpp) => {
            Writing::Ours(Language::Cpp)
        }
        _ => guess,
    }
}

/// Whether a text that nothing is known of could be a program: no prose, and not only data.
fn is_code_like(text: &str) -> bool {
    !lines(text).any(is_prose) && text.contains(['=', '('])
}

/// Makes the program of a block.
fn from_block(choice: &Choice<'_>, asked: &Asked<'_>) -> Extracted {
    let Choice {
        block,
        language,
        extent,
        rank: _,
    } = *choice;
    // What goes into a hole may be in further than its fence; a whole program never is.
    let indent = if asked.after.is_empty() || extent == Extent::Whole {
        block.indent.max(lines_indent(block.text))
    } else {
        block.indent
    };
    let text = dedent(block.text, indent);
    let end = if block.end == End::Fence {
        text.len()
    } else {
        end_of_program(language, &text)
    };
    let is_cut = block.end == End::Answer && !asked.finished;
    let truncated = is_cut && end == text.len();
    let text = &text[..end];
    // A program of its own is not put into another.
    let first = asked.before.lines().find(|it| !it.trim().is_empty());
    let repeats = first.is_some_and(|it| text.contains(it.trim()));
    let source = if repeats || extent == Extent::Whole && !asked.after.is_empty() {
        text.to_owned()
    } else {
        join(asked, text)
    };
    Extracted {
        language,
        source: tidy(&source),
        truncated,
    }
}

/// Puts what the model wrote where it was asked to write.
fn join(asked: &Asked<'_>, code: &str) -> String {
    let Asked { before, after, .. } = asked;
    if after.is_empty() {
        return format!("{before}{code}");
    }
    format!("{before}{}\n{after}", code.trim_end())
}

/// Takes an answer as the continuation of a program, or the filling of its hole.
fn from_continuation(answer: &str, asked: &Asked<'_>) -> Result<Extracted, NoCode> {
    let Asked { before, after, .. } = *asked;
    let guess = || match syntax::guess(before) {
        Some((Writing::Ours(language), _)) => Some(language),
        _ => None,
    };
    let Some(language) = asked.language.or_else(guess) else {
        return from_prose(answer, asked);
    };
    let repeated = answer.strip_prefix(before).or_else(|| {
        let text = answer.trim_start().strip_prefix(before.trim());
        text.filter(|_| !before.trim().is_empty())
    });
    let code = repeated.unwrap_or(answer);
    if lines(code).next().is_some_and(is_prose) {
        return from_prose(answer, asked);
    }
    let mut end = end_of_program(language, code);
    if let Some(at) = find_lines(&code[..end], after.trim_end()) {
        end = at;
    }
    let truncated = end == code.len() && !asked.finished;
    let code = &code[..end];
    if code.trim().is_empty() {
        return Err(no_code("answer adds nothing to the program"));
    }
    Ok(Extracted {
        language,
        source: tidy(&join(asked, code)),
        truncated,
    })
}

/// Finds whole lines in a text.
fn find_lines(text: &str, wanted: &str) -> Option<usize> {
    let wanted = wanted.trim_start_matches('\n');
    if wanted.trim().is_empty() {
        return None;
    }
    let is_line = |at: &usize| {
        let end = at + wanted.len();
        (*at == 0 || text[..*at].ends_with('\n'))
            && (end == text.len() || text[end..].starts_with('\n'))
    };
    text.match_indices(wanted).map(|it| it.0).find(is_line)
}

/// Finds bare code in an answer without fences.
fn from_prose(answer: &str, asked: &Asked<'_>) -> Result<Extracted, NoCode> {
    let nothing = || no_code("no line of the answer looks like code");
    let Some(start) = start_of_program(answer) else {
        return match asked.language {
            Some(language) if is_code_like(answer) => Ok(bare(answer, language, asked)),
            _ => Err(nothing()),
        };
    };
    let text = &answer[start..];
    match syntax::guess(text).map(|it| as_asked(it.0, asked)) {
        Some(Writing::Ours(language)) => Ok(bare(text, language, asked)),
        Some(Writing::Foreign(name)) => Err(foreign_language(name)),
        Some(Writing::Other) | None => match asked.language {
            Some(language) => Ok(bare(text, language, asked)),
            None => Err(nothing()),
        },
    }
}

/// Returns where the first line that looks like code begins, with the comments before it.
fn start_of_program(answer: &str) -> Option<usize> {
    let mut at = 0;
    // Where the program begins if the next line turns out to be code.
    let mut start = 0;
    let mut in_string = false;
    let head = &answer[..answer.floor_char_boundary(MAX_PROSE_BYTES)];
    for line in head.split_inclusive('\n') {
        let trimmed = line.trim();
        if !in_string && syntax::begins(trimmed) {
            return Some(start);
        }
        at += line.len();
        let quotes = trimmed.matches("\"\"\"").count();
        let is_comment = ["//", "/*", "*", "#!", "# ", "@"]
            .iter()
            .any(|it| trimmed.starts_with(it));
        if !(trimmed.is_empty() || is_comment || in_string || quotes > 0) {
            start = at;
        }
        in_string ^= quotes % 2 == 1;
    }
    None
}

/// Makes a program of text that begins with one.
fn bare(text: &str, language: Language, asked: &Asked<'_>) -> Extracted {
    let indent = lines_indent(text);
    let text = dedent(text.trim_matches('\n'), indent);
    let end = end_of_program(language, &text);
    Extracted {
        language,
        source: tidy(&text[..end]),
        truncated: end == text.len() && !asked.finished,
    }
}

/// Returns how far the first line with text is in.
fn lines_indent(text: &str) -> usize {
    let first = text.lines().find(|it| !it.trim().is_empty());
    first.map_or(0, |it| it.len() - it.trim_start().len())
}

/// Gives a source no blank lines around it, nor the beginning of a fence, and one line feed at its end.
fn tidy(source: &str) -> String {
    let mut text = source.trim_end();
    if let Some((head, last)) = text.rsplit_once('\n')
        && last.bytes().all(|it| it == b'`')
    {
        text = head.trim_end();
    }
    while let Some((first, rest)) = text.split_once('\n')
        && first.trim().is_empty()
    {
        text = rest;
    }
    format!("{text}\n")
}
