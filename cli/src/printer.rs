//! The one place that prints: data to standard output, all else to standard error.
//!
//! Knows colours, widths and the two streams; not what is printed.

use std::{
    fmt,
    io::{IsTerminal, Write},
};

use anyhow::Context as _;
use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

use crate::{errors, text};

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Tables for people.
    Human,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
}

/// What a piece of text means, from which its colour follows. Understandable without any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// A title.
    Heading,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// To be noticed.
    Warning,
    /// Advice.
    Hint,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warning => AnsiColor::Yellow.on_default().bold(),
            Self::Hint => AnsiColor::Cyan.on_default(),
        }
    }
}

/// Prints. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    colour_data: bool,
    colour_notes: bool,
    data_width: Option<usize>,
    notes_width: Option<usize>,
}

/// Whoever read our output has gone; there is nobody left to print for, which is no error.
#[derive(Debug)]
pub(crate) struct OutputClosed;

impl fmt::Display for OutputClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output was closed")
    }
}

impl std::error::Error for OutputClosed {}

impl Printer {
    /// Looks at the two streams once.
    pub(crate) fn new() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|it| !it.is_empty());
        let colour =
            !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self {
            colour_data: colour && std::io::stdout().is_terminal(),
            colour_notes: colour && std::io::stderr().is_terminal(),
            data_width: width_of(std::io::stdout()),
            notes_width: width_of(std::io::stderr()),
        }
    }

    /// Returns the columns of the terminal that data goes to; `None` where it is no terminal.
    pub(crate) fn width(&self) -> Option<usize> {
        self.data_width
    }

    /// Returns a text that goes to standard output in the colour of its tone.
    pub(crate) fn tinted(&self, tone: Tone, text: &str) -> String {
        tinted(self.colour_data, tone, text)
    }

    /// Prints data as it is.
    ///
    /// # Errors
    ///
    /// Returns [`OutputClosed`] if nobody reads any more, or what the system says.
    #[expect(clippy::unused_self, reason = "who has no printer does not print")]
    pub(crate) fn data(&self, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes.as_ref()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                Err(OutputClosed.into())
            }
            result => result.context("could not write to standard output"),
        }
    }

    /// Prints a value as JSON: on several lines as a document, on one as a line.
    pub(crate) fn json(&self, format: Format, value: &impl Serialize) -> anyhow::Result<()> {
        let mut text = match format {
            Format::Jsonl => serde_json::to_string(value)?,
            Format::Human | Format::Json => serde_json::to_string_pretty(value)?,
        };
        text.push('\n');
        self.data(text)
    }

    /// Prints bytes to standard error as they are: what a guest wrote there.
    #[expect(clippy::unused_self, reason = "who has no printer does not print")]
    pub(crate) fn raw_note(&self, bytes: &[u8]) {
        // Nowhere is left to say that standard error cannot be written to.
        let _ = std::io::stderr().lock().write_all(bytes);
    }

    /// Says something about what goes on.
    pub(crate) fn note(&self, message: &str) {
        self.raw_note(self.laid_out(message).as_bytes());
    }

    /// Says something that the user should know.
    pub(crate) fn warn(&self, message: &str) {
        self.labelled(Tone::Warning, "warning", message);
    }

    /// Says what the user can do.
    pub(crate) fn hint(&self, message: &str) {
        self.labelled(Tone::Hint, "hint", message);
    }

    /// Says why something could not be done, and what the user can do about it.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        self.labelled(Tone::Bad, "error", &errors::message(error));
        if let Some(hint) = errors::hint(error) {
            self.hint(&hint);
        }
    }

    fn labelled(self, tone: Tone, label: &str, message: &str) {
        let text = self.laid_out(&format!("{label}: {message}"));
        let tinted = tinted(self.colour_notes, tone, label);
        self.raw_note(text.replacen(label, &tinted, 1).as_bytes());
    }

    /// Breaks the lines of a message where the terminal ends, and indents what is carried over.
    fn laid_out(self, message: &str) -> String {
        let mut out = String::new();
        for line in text::clean(message).lines() {
            let words = line.trim_start();
            let indent = " ".repeat(line.len() - words.len());
            let room = self
                .notes_width
                .map(|it| it.saturating_sub(indent.len() + 2));
            let parts = text::wrapped(words, room);
            out += &indent;
            out += &parts.join(&format!("\n{indent}  "));
            out.push('\n');
        }
        out
    }
}

fn width_of(stream: impl std::os::fd::AsFd) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0))
}

fn tinted(colour: bool, tone: Tone, text: &str) -> String {
    if !colour || tone == Tone::Plain {
        return text.to_owned();
    }
    let style = tone.style();
    format!("{style}{text}{style:#}")
}
