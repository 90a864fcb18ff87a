//! Verdicts as `judge` prints them: a line a program, and at the end what they come to.
//!
//! Counts and prints; judges nothing.

use std::{collections::BTreeMap, fmt::Write as _};

use riddle_engine::{Judged, JudgedProblem, problems::Verdict, sandbox::Language};

use crate::{
    printer::{Printer, Tone},
    summary,
    table::{Cell, Side, Table},
    text::{bytes, clean, count, counted, milliseconds, shortened},
};

/// Widths of the columns of a line, which are printed before the next one is known.
const WIDTHS: [usize; 6] = [4, 3, 4, 7, 9, 0];

/// Columns of what a compiler said.
const MESSAGE_WIDTH: usize = 100;

/// One problem's lines.
pub(crate) struct JudgedLines {
    printer: Printer,
    table: Table,
    started: bool,
}

impl JudgedLines {
    /// Makes the lines of a problem, none yet.
    pub(crate) fn new(printer: Printer) -> Self {
        let table = Table::new(&[
            ("", Side::Left),
            ("got", Side::Left),
            ("want", Side::Left),
            ("time", Side::Right),
            ("memory", Side::Right),
            ("program", Side::Left),
        ])
        .with_widths(&WIDTHS);
        Self {
            printer,
            table,
            started: false,
        }
    }

    /// Returns the line of one program, after the title if it is the first.
    pub(crate) fn line(&mut self, judged: &Judged) -> String {
        let mark = match judged.label_met() {
            Some(true) => Cell::toned(Tone::Good, "met"),
            Some(false) => Cell::toned(Tone::Bad, "MISS"),
            None => "-".into(),
        };
        let ran = judged.tests_run > 0;
        let shown = |text: String| if ran { text } else { "-".to_owned() };
        self.table.row([
            mark,
            judged.verdict.map_or("-", Verdict::as_str).into(),
            judged.expected.map_or("-", Verdict::as_str).into(),
            shown(milliseconds(judged.run_ms)).into(),
            shown(bytes(judged.memory_bytes)).into(),
            program(judged).into(),
        ]);
        let mut out = self.title(&judged.problem);
        out += &self.table.take(&self.printer);
        out
    }

    /// Returns what comes below the last program.
    pub(crate) fn end(&mut self, problem: &JudgedProblem) -> String {
        let mut out = self.title(&problem.problem);
        if problem.submissions.is_empty() {
            out += "  no programs\n";
        } else {
            let _ = writeln!(
                out,
                "  {}",
                summary::rules(&problem.time_limit, &problem.checker)
            );
        }
        out.push('\n');
        out
    }

    fn title(&mut self, problem: &str) -> String {
        if std::mem::replace(&mut self.started, true) {
            return String::new();
        }
        let title = self.printer.tinted(Tone::Heading, &clean(problem));
        format!("{title}\n")
    }
}

/// Returns a program's path with what there is to say about it.
fn program(judged: &Judged) -> String {
    let mut out = judged.submission.clone();
    if let Some(test) = &judged.failed_test {
        let _ = write!(out, " (test {test})");
    } else if judged.verdict.is_none() {
        // Why is told once, below.
        out += " (not judged)";
    } else if judged.label_met() != Some(true)
        && let Some(line) = judged.message.as_ref().and_then(|it| it.lines().next())
    {
        let _ = write!(out, " ({})", shortened(line, MESSAGE_WIDTH));
    }
    out
}

/// What the verdicts come to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Programs by the verdict promised and the one given.
    verdicts: BTreeMap<(Option<Verdict>, Option<Verdict>), u64>,
    languages: BTreeMap<Option<Language>, LanguageTally>,
}

/// What the verdicts on the programs of one language come to.
#[derive(Debug, Default)]
struct LanguageTally {
    n_judged: u64,
    n_met: u64,
    n_missed: u64,
    /// Why programs were not judged.
    not_judged: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts one program.
    pub(crate) fn count(&mut self, judged: &Judged) {
        let pair = (judged.expected, judged.verdict);
        *self.verdicts.entry(pair).or_default() += 1;
        let language = self.languages.entry(judged.language).or_default();
        match judged.label_met() {
            Some(true) => language.n_met += 1,
            Some(false) => language.n_missed += 1,
            None => {}
        }
        if judged.verdict.is_some() {
            language.n_judged += 1;
        } else {
            let message = judged.message.clone().unwrap_or_default();
            *language.not_judged.entry(message).or_default() += 1;
        }
    }

    /// Labelled programs whose verdict is the promised one.
    pub(crate) fn n_met(&self) -> u64 {
        self.languages.values().map(|it| it.n_met).sum()
    }

    /// Labelled programs that were judged.
    pub(crate) fn n_labelled(&self) -> u64 {
        self.n_met() + self.languages.values().map(|it| it.n_missed).sum::<u64>()
    }

    /// Programs that were judged.
    pub(crate) fn n_judged(&self) -> u64 {
        self.languages.values().map(|it| it.n_judged).sum()
    }

    /// Programs that were not.
    pub(crate) fn n_not_judged(&self) -> u64 {
        self.languages
            .values()
            .map(LanguageTally::n_not_judged)
            .sum()
    }

    /// Programs of a language that were not judged since it has no toolchain here.
    pub(crate) fn n_without_toolchain(&self, language: Language) -> u64 {
        self.languages
            .get(&Some(language))
            .map_or(0, LanguageTally::n_not_judged)
    }

    /// Returns the tables at the end, and the last line.
    pub(crate) fn summary(&self, printer: Printer) -> String {
        let mut out = String::new();
        if !self.verdicts.is_empty() {
            out += &self.by_verdict().take(&printer);
            out.push('\n');
            out += &self.by_language().take(&printer);
            out.push('\n');
        }
        let n = self.n_labelled();
        let _ = write!(out, "labels met: {} of {}", count(self.n_met()), count(n));
        let n_not_judged = self.n_not_judged();
        if n_not_judged > 0 {
            let _ = write!(out, "; {} not judged", counted(n_not_judged, "program"));
        }
        out.push('\n');
        out
    }

    /// Promised verdicts against those given.
    fn by_verdict(&self) -> Table {
        let given: Vec<Option<Verdict>> = Verdict::ALL
            .into_iter()
            .map(Some)
            .chain([None])
            .filter(|given| self.verdicts.keys().any(|it| it.1 == *given))
            .collect();
        let titles = given
            .iter()
            .map(|it| (it.map_or("not judged", Verdict::as_str), Side::Right));
        let columns: Vec<_> = [("label", Side::Left)].into_iter().chain(titles).collect();
        let mut table = Table::new(&columns);
        for expected in Verdict::ALL.into_iter().map(Some).chain([None]) {
            if !self.verdicts.keys().any(|it| it.0 == expected) {
                continue;
            }
            let label = expected.map_or("(none)", Verdict::as_str);
            let cells = given.iter().map(|given| {
                let n = self.verdicts.get(&(expected, *given)).copied();
                let missed = expected.is_some() && given.is_some() && expected != *given;
                let tone = if missed { Tone::Bad } else { Tone::Plain };
                Cell::toned(tone, n.map_or(".".to_owned(), count))
            });
            table.row([Cell::from(label)].into_iter().chain(cells));
        }
        table
    }

    fn by_language(&self) -> Table {
        let mut table = Table::new(&[
            ("language", Side::Left),
            ("judged", Side::Right),
            ("met", Side::Right),
            ("missed", Side::Right),
            ("not judged", Side::Left),
        ]);
        for (language, tally) in &self.languages {
            let reasons: Vec<_> = tally
                .not_judged
                .iter()
                .map(|(reason, n)| format!("{}: {reason}", count(*n)))
                .collect();
            table.row([
                language.map_or("(none)", Language::name).into(),
                count(tally.n_judged).into(),
                count(tally.n_met).into(),
                count(tally.n_missed).into(),
                reasons.join("; ").into(),
            ]);
        }
        table
    }
}

impl LanguageTally {
    fn n_not_judged(&self) -> u64 {
        self.not_judged.values().sum()
    }
}
