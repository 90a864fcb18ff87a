//! Programs and texts of others as markup: cut to size, in classes, or beside each other.
//!
//! Says of whatever it leaves out that it does.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

use super::highlight::Highlighter;
use crate::text::{bytes, counted, harmless};

/// Bytes of one program that are shown.
pub(super) const MAX_SOURCE_BYTES: usize = 16 << 10;
/// Bytes of an input that are shown.
pub(super) const MAX_INPUT_BYTES: usize = 2 << 10;
/// Lines of a program that are compared with another: comparing takes their product.
const MAX_COMPARED_LINES: usize = 600;
/// Lines around a difference.
const CONTEXT_LINES: usize = 3;
/// Programs less alike than this are shown beside each other: of their lines next to none would be in both.
const MIN_LIKENESS: f32 = 0.4;

/// Bytes of programs that may still be shown.
#[derive(Debug)]
pub(super) struct Budget(pub(super) usize);

impl Budget {
    /// Takes up what a text needs; false if there is not so much.
    fn take(&mut self, text: &str) -> bool {
        let n = text.len().min(MAX_SOURCE_BYTES);
        let fits = n <= self.0;
        if fits {
            self.0 -= n;
        }
        fits
    }
}

/// Returns the beginning of a text, and how many bytes are left out.
fn cut(text: &str, max_bytes: usize) -> (&str, usize) {
    if text.len() <= max_bytes {
        return (text, 0);
    }
    let end = (0..=max_bytes).rev().find(|it| text.is_char_boundary(*it));
    let kept = &text[..end.unwrap_or(0)];
    (kept, text.len() - kept.len())
}

fn rest(n_bytes: usize) -> Markup {
    html! {
        @if n_bytes > 0 { p.note { "… " (bytes(n_bytes as u64)) " more not shown" } }
    }
}

/// Returns a text that nobody wrote as a program.
pub(super) fn text(text: &str) -> Markup {
    let (kept, n_more) = cut(text, MAX_INPUT_BYTES);
    html! {
        pre tabindex="0" { (harmless(kept)) }
        (rest(n_more))
    }
}

/// Returns a program, if the page still has room for it.
pub(super) fn program(
    highlighter: &Highlighter,
    budget: &mut Budget,
    language: &str,
    source: &str,
) -> Markup {
    if !budget.take(source) {
        return html! {
            p.note { "Not shown: the programs of this problem would take too much of the page." }
        };
    }
    let (kept, n_more) = cut(source, MAX_SOURCE_BYTES);
    html! {
        pre.program tabindex="0" { code { (highlighter.program(language, &harmless(kept))) } }
        (rest(n_more))
    }
}

/// A program and what it is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Titled<'a> {
    pub(super) title: &'a str,
    pub(super) language: &'a str,
    pub(super) source: &'a str,
}

/// Returns how two programs differ: line by line where they have lines in common, else beside each other.
pub(super) fn difference(
    highlighter: &Highlighter,
    budget: &mut Budget,
    [one, other]: [Titled<'_>; 2],
) -> Markup {
    let sources = [one, other].map(|it| harmless(cut(it.source, MAX_SOURCE_BYTES).0));
    let is_short = |it: &String| it.lines().count() <= MAX_COMPARED_LINES;
    let diff = (one.language == other.language && sources.iter().all(is_short))
        .then(|| TextDiff::from_lines(&sources[0], &sources[1]))
        .filter(|it| it.ratio() >= MIN_LIKENESS);
    let Some(diff) = diff else {
        return html! {
            div.beside {
                @for it in [one, other] {
                    div {
                        h5 { (harmless(it.title)) }
                        (program(highlighter, budget, it.language, it.source))
                    }
                }
            }
        };
    };
    if !(budget.take(one.source) && budget.take(other.source)) {
        return program(highlighter, &mut Budget(0), one.language, one.source);
    }
    let groups = diff.grouped_ops(CONTEXT_LINES);
    html! {
        @if groups.is_empty() {
            p.note { "The two are the same text." }
        } @else {
            p.note { "− " (harmless(one.title)) ", + " (harmless(other.title)) }
            pre.diff tabindex="0" { code {
                @for (index, group) in groups.iter().enumerate() {
                    @if index > 0 { span.hunk { "⋯\n" } }
                    @for change in group.iter().flat_map(|it| diff.iter_changes(it)) {
                        @let line = change.value().trim_end_matches('\n');
                        @match change.tag() {
                            ChangeTag::Equal => { "  " (line) "\n" }
                            ChangeTag::Delete => { del { "− " (line) "\n" } }
                            ChangeTag::Insert => { ins { "+ " (line) "\n" } }
                        }
                    }
                }
            } }
            @let n_cut = [one, other].iter().filter(|it| it.source.len() > MAX_SOURCE_BYTES).count();
            @if n_cut > 0 {
                p.note {
                    "Only the first " (bytes(MAX_SOURCE_BYTES as u64)) " of "
                    (counted(n_cut as u64, "program")) " compared."
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled<'a>(language: &'a str, source: &'a str) -> Titled<'a> {
        Titled {
            title: "t",
            language,
            source,
        }
    }

    fn differing(one: Titled<'_>, other: Titled<'_>) -> String {
        let mut budget = Budget(1 << 20);
        difference(&Highlighter::new(), &mut budget, [one, other]).into_string()
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("aé", 2), ("a", 2));
        assert_eq!(cut("aé", 3), ("aé", 0));
    }

    #[test]
    fn what_is_cut_is_told() {
        let long = "x".repeat(MAX_INPUT_BYTES + 5);
        assert!(text(&long).into_string().contains("… 5 B more not shown"));
        let mut budget = Budget(10);
        let highlighter = Highlighter::new();
        let shown = program(&highlighter, &mut budget, "c", "int x;");
        assert!(shown.into_string().contains("<i class=\"k\">int</i> x;"));
        let shown = program(&highlighter, &mut budget, "c", "int x;");
        assert!(shown.into_string().contains("Not shown"));
    }

    #[test]
    fn like_programs_are_compared_line_by_line() {
        let page = differing(titled("c", "a\nb\n<c>\n"), titled("c", "a\nb\n<d>\n"));
        assert!(
            page.contains("  a\n  b\n<del>− &lt;c&gt;\n</del><ins>+ &lt;d&gt;\n</ins>"),
            "{page}"
        );
    }

    #[test]
    fn unlike_programs_are_beside_each_other() {
        for page in [
            differing(titled("c", "a\n"), titled("c", "b\n")),
            differing(titled("c", "a\n"), titled("python", "a\n")),
        ] {
            assert!(page.contains("class=\"beside\""), "{page}");
        }
    }
}
