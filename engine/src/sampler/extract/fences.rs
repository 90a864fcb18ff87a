//! Fenced blocks of Markdown, as models write it, which is not always Markdown.
//!
//! One pass over the lines, or two where a string of the program seems to hold a fence and does not. It
//! does not know what a good program is.

/// Blocks that are looked at. An answer with more is no answer.
const MAX_BLOCKS: usize = 256;
/// Columns that a closing fence may be further in than the opening one: Markdown's rule.
const MAX_CLOSING_INDENT: usize = 3;

/// One block that has text in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// What the opening fence says: mostly a language, or nothing.
    pub(super) info: &'a str,
    /// Everything between the fences.
    pub(super) text: &'a str,
    /// Columns before the opening fence.
    pub(super) indent: usize,
    pub(super) end: End,
}

/// What ends a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A closing fence.
    Fence,
    /// The opening fence of the next block: the model forgot to close this one.
    NextBlock,
    /// The end of the answer.
    Answer,
}

/// A run of three or more fence characters at the beginning of a line.
#[derive(Clone, Copy)]
struct Fence<'a> {
    char: u8,
    len: usize,
    indent: usize,
    rest: &'a str,
}

/// Finds the blocks of an answer. `is_language` says whether an info string names something written in
/// blocks.
pub(super) fn blocks<'a>(text: &'a str, is_language: impl Fn(&str) -> bool) -> Vec<Block<'a>> {
    let mut blocks = Vec::new();
    let mut open: Option<Open<'a>> = None;
    // Whether fences in a string that spans lines are part of the string; given up when one does not end.
    let mut trust_strings = true;
    let mut at = 0;
    loop {
        if at >= text.len() {
            match &mut open {
                // The string never ended: it was no string, and the first fence in it was one.
                Some(block) if block.string.is_some() && block.doubtful.is_some() => {
                    trust_strings = false;
                    block.string = None;
                    at = block.doubtful.take().unwrap_or(at);
                }
                _ => break,
            }
        }
        if blocks.len() >= MAX_BLOCKS {
            return blocks;
        }
        let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
        let line = &text[at..end];
        let next = (end + 1).min(text.len());
        let Some(block) = &mut open else {
            open = opening(line, next, &is_language);
            if open.is_none() {
                blocks.extend(inline(line));
            }
            at = next;
            continue;
        };
        let in_string = trust_strings && block.string.is_some();
        match block.boundary(line, &is_language) {
            Some(_) if in_string => {
                block.doubtful.get_or_insert(at);
            }
            None => block.pass(line),
            Some(Boundary::Closes(kept)) => {
                blocks.extend(block.end(text, at + kept, End::Fence));
                open = None;
            }
            Some(Boundary::Opens) => {
                blocks.extend(block.end(text, at, End::NextBlock));
                open = opening(line, next, &is_language);
            }
        }
        at = next;
    }
    if let Some(block) = open {
        blocks.extend(block.end(text, text.len(), End::Answer));
    }
    blocks
}

/// A block whose end is not yet found.
struct Open<'a> {
    fence: Fence<'a>,
    /// Where its text begins.
    start: usize,
    /// The quotes of a Python string that spans lines and is open.
    string: Option<&'static str>,
    /// The first fence inside such a string.
    doubtful: Option<usize>,
}

enum Boundary {
    /// The block ends after so many bytes of the line.
    Closes(usize),
    /// The line opens the next block.
    Opens,
}

impl<'a> Open<'a> {
    fn boundary(&self, line: &str, is_language: &impl Fn(&str) -> bool) -> Option<Boundary> {
        let closes = |it: &Fence<'_>| it.char == self.fence.char && it.len >= self.fence.len;
        if let Some(fence) = fence(line) {
            if fence.indent > self.fence.indent + MAX_CLOSING_INDENT || !closes(&fence) {
                return None;
            }
            if fence.rest.trim().is_empty() {
                return Some(Boundary::Closes(0));
            }
            return is_language(fence.rest).then_some(Boundary::Opens);
        }
        // "print(x)```": the line of code is kept, the fence is not.
        let code = line.trim_end().trim_end_matches('`');
        let run = line.trim_end().len() - code.len();
        let is_comment = ["#", "//", "*", "/*"]
            .iter()
            .any(|it| code.trim_start().starts_with(it));
        let ends =
            self.fence.char == b'`' && run >= self.fence.len && !is_comment && !code.contains('`');
        ends.then_some(Boundary::Closes(code.len()))
    }

    /// Follows strings of three quotes through a line.
    fn pass(&mut self, line: &str) {
        let is_code = line.trim_start().as_bytes().first() != Some(&b'#');
        let mut rest = line;
        loop {
            if let Some(quotes) = self.string {
                let Some(at) = rest.find(quotes) else { return };
                rest = &rest[at + quotes.len()..];
                self.string = None;
            } else {
                let double = rest.find("\"\"\"").map(|at| (at, "\"\"\""));
                let single = rest.find("'''").map(|at| (at, "'''"));
                let first = [double, single].into_iter().flatten().min();
                let Some((at, quotes)) = first.filter(|_| is_code) else {
                    return;
                };
                rest = &rest[at + quotes.len()..];
                self.string = Some(quotes);
            }
        }
    }

    fn end(&self, text: &'a str, at: usize, end: End) -> Option<Block<'a>> {
        let text = text.get(self.start..at)?;
        (!text.trim().is_empty()).then(|| Block {
            info: self.fence.rest.trim(),
            text,
            indent: self.fence.indent,
            end,
        })
    }
}

/// Returns the block that a line opens.
fn opening<'a>(
    line: &'a str,
    next: usize,
    is_language: &impl Fn(&str) -> bool,
) -> Option<Open<'a>> {
    let fence = fence(line)
        // An info string has no backtick, or a line with code between backticks would open a block.
        .filter(|it| it.char == b'~' || !it.rest.contains('`'))
        // Markdown in Markdown: the blocks inside are what is wanted.
        .filter(|it| !matches!(it.rest.trim(), "markdown" | "md"))
        .or_else(|| trailing(line, is_language))?;
    Some(Open {
        fence,
        start: next,
        string: None,
        doubtful: None,
    })
}

/// Reads "Here it is: ```python", and "1. ```python".
fn trailing<'a>(line: &'a str, is_language: &impl Fn(&str) -> bool) -> Option<Fence<'a>> {
    let at = line.find("```")?;
    let rest = line[at..].trim_start_matches('`');
    let len = line.len() - at - rest.len();
    let lead = &line[..at];
    // After the mark of a list item, the item's text is in by as much.
    let indent = if lead.contains(char::is_alphabetic) {
        lead.len() - lead.trim_start().len()
    } else {
        lead.len()
    };
    (!rest.contains('`') && is_language(rest)).then_some(Fence {
        char: b'`',
        len,
        indent,
        rest,
    })
}

/// Reads "```python print(1)```", all in one line.
fn inline(line: &str) -> Option<Block<'_>> {
    let inner = line.trim().strip_prefix("```")?.strip_suffix("```")?;
    (!inner.trim().is_empty() && !inner.contains('`')).then_some(())?;
    let (info, text) = inner.split_once(' ').unwrap_or(("", inner));
    Some(Block {
        info,
        text,
        indent: 0,
        end: End::Fence,
    })
}

/// Reads a line that begins with a fence.
fn fence(line: &str) -> Option<Fence<'_>> {
    let trimmed = line.trim_start_matches([' ', '\t']);
    let char = *trimmed.as_bytes().first()?;
    if char != b'`' && char != b'~' {
        return None;
    }
    let len = trimmed.bytes().take_while(|it| *it == char).count();
    (len >= 3).then(|| Fence {
        char,
        len,
        indent: line.len() - trimmed.len(),
        rest: &trimmed[len..],
    })
}

/// Takes away the indentation of the fence from every line.
pub(super) fn dedent(text: &str, indent: usize) -> String {
    if indent == 0 {
        return text.to_owned();
    }
    let lines = text.split('\n').map(|line| {
        let n = line
            .bytes()
            .take(indent)
            .take_while(|it| matches!(it, b' ' | b'\t'))
            .count();
        &line[n..]
    });
    lines.collect::<Vec<_>>().join("\n")
}
