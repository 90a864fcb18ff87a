//! Reading `problem.xml` through bounds, with errors that name file and field.
//!
//! No document type, so no entities but the five of XML itself, and nothing from outside the file.

use roxmltree::{Document, Node, ParsingOptions};

use super::FILE;
use crate::error::{LoadError, LoadErrorKind};
use crate::read::tree::{Tree, is_inside};

/// The most that is read of `problem.xml`, which lists every test: 16 MiB.
pub const MAX_XML_BYTES: u64 = 16 << 20;
/// The most elements, texts and comments in it.
const MAX_XML_NODES: u32 = 500_000;
/// The most attributes of one element.
const MAX_ATTRIBUTES: usize = 10_000;
/// How much of a wrong value an error shows, in characters.
const SHOWN_CHARS: usize = 40;

/// An element, and where it stands in the file.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tree: &'a Tree,
    node: Node<'a, 'a>,
}

/// Parses the file; the root must be a `problem`.
pub(super) fn parse<'a>(tree: &Tree, text: &'a str) -> Result<Document<'a>, LoadError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_XML_NODES,
        ..ParsingOptions::default()
    };
    let syntax = |line, message: String| tree.error(FILE, LoadErrorKind::Syntax { line, message });
    if let Some(line) = crowded_line(text) {
        let message = format!("an element has more than {MAX_ATTRIBUTES} attributes");
        return Err(syntax(line, message));
    }
    let document = Document::parse_with_options(text, options).map_err(|err| {
        let line = usize::try_from(err.pos().row).unwrap_or(1);
        // The parser puts the place behind; we have put it in front.
        let message = err.to_string();
        let message = message
            .rsplit_once(" at ")
            .map_or(message.as_str(), |(it, _)| it);
        syntax(line, message.to_owned())
    })?;
    if !document.root_element().has_tag_name("problem") {
        return Err(syntax(1, "expected a `problem` element".to_owned()));
    }
    Ok(document)
}

/// Returns the line on which an element has too many attributes: the parser's time is quadratic in them.
///
/// No `<` may stand within a tag, and each attribute has a `=`.
fn crowded_line(text: &str) -> Option<usize> {
    let (mut line, mut n_attributes) = (1, 0);
    for byte in text.bytes() {
        match byte {
            b'<' => n_attributes = 0,
            b'=' => n_attributes += 1,
            b'\n' => line += 1,
            _ => {}
        }
        if n_attributes > MAX_ATTRIBUTES {
            return Some(line);
        }
    }
    None
}

impl<'a> Element<'a> {
    pub(super) fn root(tree: &'a Tree, document: &'a Document<'a>) -> Self {
        let node = document.root_element();
        Self { tree, node }
    }

    /// Returns the first element of a name in it.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.children(name).next()
    }

    /// Returns the first element at the end of a path of names.
    pub(super) fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |it, name| it.child(name))
    }

    /// Returns the elements of a name in it.
    pub(super) fn children(self, name: &str) -> impl Iterator<Item = Self> + use<'a, '_> {
        let Self { tree, node } = self;
        let ours = node.children().filter(move |it| it.has_tag_name(name));
        ours.map(move |node| Self { tree, node })
    }

    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        self.node.attribute(name)
    }

    /// Returns the text in it, without white space around.
    pub(super) fn text(self) -> Option<&'a str> {
        self.node.text().map(str::trim)
    }

    /// Returns a number in an attribute, at least 0.
    pub(super) fn number(self, attribute: &str) -> Result<Option<f64>, LoadError> {
        let expected = "a number of at least 0";
        self.attribute(attribute)
            .map(|text| {
                let number = text.trim().parse().ok();
                let number = number.filter(|it: &f64| *it >= 0.0 && it.is_finite());
                number.ok_or_else(|| self.error(attribute, text, expected))
            })
            .transpose()
    }

    /// Returns the path in an attribute, which must lie inside the package.
    pub(super) fn path(self, attribute: &str) -> Result<Option<&'a str>, LoadError> {
        match self.attribute(attribute) {
            Some(path) if !is_inside(path) => {
                Err(self.error(attribute, path, "a path inside the package"))
            }
            path => Ok(path),
        }
    }

    /// Makes the error of an attribute, or, without a name, of the text.
    pub(super) fn error(self, attribute: &str, found: &str, expected: &'static str) -> LoadError {
        let mut names: Vec<&str> = self
            .node
            .ancestors()
            .filter(Node::is_element)
            .map(|it| it.tag_name().name())
            .collect();
        names.reverse();
        names.extend((!attribute.is_empty()).then_some(attribute));
        let shown: String = found.chars().take(SHOWN_CHARS).collect();
        let cut = if shown.len() < found.len() { "…" } else { "" };
        let kind = LoadErrorKind::Field {
            field: names.join("."),
            found: format!("`{}{cut}`", shown.escape_debug()),
            expected,
        };
        self.tree.error(FILE, kind)
    }
}

/// A pattern of paths with one number in it, such as `tests/%02d.a`.
pub(super) struct PathPattern<'a> {
    before: &'a str,
    width: usize,
    after: &'a str,
}

impl<'a> PathPattern<'a> {
    /// Reads the pattern in an element; `None` where there is no element.
    pub(super) fn read(set: Element<'a>, name: &str) -> Result<Option<Self>, LoadError> {
        let Some(element) = set.child(name) else {
            return Ok(None);
        };
        let text = element.text().unwrap_or_default();
        let expected = "a path inside the package with one number in it, such as `tests/%02d`";
        let pattern = Self::parse(text).filter(|it| is_inside(&it.path(1)));
        pattern
            .map(Some)
            .ok_or_else(|| element.error("", text, expected))
    }

    fn parse(text: &'a str) -> Option<Self> {
        /// The most digits that a number is filled up to.
        const MAX_WIDTH: usize = 9;
        let (before, rest) = text.split_once('%')?;
        let (width, after) = rest.split_once('d')?;
        let width = match width {
            "" => 0,
            digits => digits.strip_prefix('0')?.parse().ok()?,
        };
        (width <= MAX_WIDTH && !after.contains('%')).then_some(Self {
            before,
            width,
            after,
        })
    }

    /// Returns the number as the pattern writes it.
    pub(super) fn number(&self, number: usize) -> String {
        let width = self.width;
        format!("{number:0width$}")
    }

    pub(super) fn path(&self, number: usize) -> String {
        format!("{}{}{}", self.before, self.number(number), self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_one_number() {
        let path = |text: &str| PathPattern::parse(text).map(|it| it.path(7));
        assert_eq!(path("tests/%02d.a").as_deref(), Some("tests/07.a"));
        assert_eq!(path("tests/%d").as_deref(), Some("tests/7"));
        assert_eq!(path("tests/%03d").as_deref(), Some("tests/007"));
        for bad in [
            "tests/1",
            "%s",
            "%02d%02d",
            "%99999999999999999999d",
            "%020d",
            "%-2d",
            "%2d",
            "%",
        ] {
            assert_eq!(path(bad), None, "{bad}");
        }
    }
}
