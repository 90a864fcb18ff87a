//! The words of a program in five classes, as markup: keywords, names of functions, text, numbers, comments.
//!
//! Knows grammars and no colours: those are in `style.css`. Programs are hostile: whatever one holds comes
//! out as text, and one that would take long to look at comes out without classes.

use maud::{Markup, html};
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

/// Bytes of a line from which on a program is shown without classes: a grammar may look at a line many times.
const MAX_LINE_BYTES: usize = 500;

/// What scopes are shown as, the first that holds; an empty class is none.
const CLASSES: [(&str, &str); 12] = [
    ("comment", "c"),
    ("string", "s"),
    ("constant.character", "s"),
    ("constant.numeric", "n"),
    ("constant.language", "n"),
    ("keyword.operator", ""),
    ("keyword", "k"),
    ("storage", "k"),
    ("support.type", "k"),
    ("support.function", "f"),
    ("entity.name.function", "f"),
    ("variable.function", "f"),
];

/// Grammars, read once.
#[derive(Debug)]
pub(super) struct Highlighter {
    syntaxes: SyntaxSet,
    classes: Vec<(Scope, &'static str)>,
}

impl Highlighter {
    /// Reads the grammars.
    pub(super) fn new() -> Self {
        let class = |(scope, class)| Some((Scope::new(scope).ok()?, class));
        Self {
            syntaxes: SyntaxSet::load_defaults_newlines(),
            classes: CLASSES.into_iter().filter_map(class).collect(),
        }
    }

    /// Returns a program as markup for inside a `pre`. A language that is not known has no classes.
    pub(super) fn program(&self, language: &str, source: &str) -> Markup {
        let tokens = self
            .syntax(language)
            .filter(|_| source.lines().all(|it| it.len() <= MAX_LINE_BYTES))
            .and_then(|syntax| self.tokens(syntax, source))
            .unwrap_or_else(|| vec![("", source)]);
        html! {
            @for (class, text) in tokens {
                @if class.is_empty() { (text) } @else { i class=(class) { (text) } }
            }
        }
    }

    fn syntax(&self, language: &str) -> Option<&SyntaxReference> {
        let ending = match language {
            "c" => "c",
            "cpp" => "cpp",
            "python" => "py",
            "rust" => "rs",
            "go" => "go",
            _ => return None,
        };
        self.syntaxes.find_syntax_by_extension(ending)
    }

    /// Returns the text in pieces of one class each; `None` where its grammar gives up.
    fn tokens<'a>(
        &self,
        syntax: &SyntaxReference,
        source: &'a str,
    ) -> Option<Vec<(&'static str, &'a str)>> {
        let (mut state, mut scopes) = (ParseState::new(syntax), ScopeStack::new());
        // Class, start and end of each piece.
        let mut pieces: Vec<(&'static str, usize, usize)> = Vec::new();
        let mut start = 0;
        let mut push = |class, from, to| match pieces.last_mut() {
            _ if from == to => {}
            Some(last) if last.0 == class => last.2 = to,
            _ => pieces.push((class, from, to)),
        };
        for line in source.split_inclusive('\n') {
            let mut done = 0;
            for (at, change) in state.parse_line(line, &self.syntaxes).ok()? {
                push(self.class(&scopes), start + done, start + at);
                done = at;
                scopes.apply(&change).ok()?;
            }
            push(self.class(&scopes), start + done, start + line.len());
            start += line.len();
        }
        let text = |(class, from, to)| Some((class, source.get(from..to)?));
        pieces.into_iter().map(text).collect()
    }

    /// Returns the class of the innermost scope that has one.
    fn class(&self, scopes: &ScopeStack) -> &'static str {
        let of = |it: &Scope| self.classes.iter().find(|class| class.0.is_prefix_of(*it));
        let mut innermost = scopes.as_slice().iter().rev();
        innermost.find_map(of).map_or("", |it| it.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: &str, source: &str, expected: &str) {
        let markup = Highlighter::new().program(language, source);
        assert_eq!(markup.into_string(), expected);
    }

    #[test]
    fn words_have_classes() {
        check(
            "cpp",
            "int main() { return 1; } // x\n",
            "<i class=\"k\">int</i> <i class=\"f\">main</i>() { <i class=\"k\">return</i> <i class=\"n\">1</i>; } \
             <i class=\"c\">// x\n</i>",
        );
        check(
            "python",
            "print(\"a\")",
            "<i class=\"f\">print</i>(<i class=\"s\">&quot;a&quot;</i>)",
        );
    }

    #[test]
    fn every_language_with_text_has_a_grammar() {
        let highlighter = Highlighter::new();
        for language in ["c", "cpp", "python", "rust", "go"] {
            assert!(highlighter.syntax(language).is_some(), "{language}");
        }
    }

    #[test]
    fn nothing_of_a_program_is_markup() {
        let hostile = "</pre><script>alert(1)</script>";
        for language in ["cpp", "python", "wasm", "<b>"] {
            let markup = Highlighter::new().program(language, hostile).into_string();
            assert!(
                !markup.contains("</pre") && !markup.contains("<script"),
                "{markup}"
            );
        }
    }

    #[test]
    fn a_long_line_is_shown_without_classes() {
        let source = format!("return {}", "(".repeat(MAX_LINE_BYTES));
        check("cpp", &source, &source);
    }
}
