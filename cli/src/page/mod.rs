//! A recorded run as one HTML page that needs nothing else: no network, no script, no font.
//!
//! ```text
//! Recorded (what the run says, and what is measured over it) ─► parts of the page ─► HTML
//!                                                            └► figures ─► plots ─► SVG
//! ```
//!
//! Names, programs, inputs and messages come from anybody. They are text in every place: maud escapes what it
//! writes, [`harmless`] takes away what controls or turns text, and the page forbids
//! itself scripts and any request. The same run gives the same bytes. Runs nothing and prints nothing.

mod figures;
mod highlight;
mod overview;
mod plots;
mod problem;
mod programs;
mod recorded;
mod rules;
mod settings;

use std::num::NonZero;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use riddle_engine::problems::Verdict;

pub(crate) use self::recorded::{PageOptions, Recorded};
use self::{highlight::Highlighter, problem::Section, programs::Budget};
use crate::text::{bytes, count, counted, harmless};

/// Problems that have a section, the first of the run.
const MAX_SECTIONS: usize = 1_000;
/// Problems that have a line in the table, the first of the run.
const MAX_LINES: usize = 5_000;
/// Bytes of programs on a page, shared equally among its sections. As markup a program takes two to three
/// times as much.
const MAX_PROGRAM_BYTES: usize = 8 << 20;

const STYLE: &str = include_str!("style.css");
/// Nothing is loaded and nothing runs, whatever a candidate has written.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A plot that may also stand alone.
#[derive(Debug)]
pub(crate) struct Plot {
    /// Its name as a file, without the ending.
    pub(crate) name: String,
    title: String,
    /// What it shows, for those who look at it.
    caption: String,
    pub(crate) svg: String,
}

/// Draws what there is to draw of a run.
pub(crate) fn plots(run: &Recorded) -> anyhow::Result<Vec<Plot>> {
    figures::plots(run)
}

/// Returns the page of a run.
pub(crate) fn page(run: &Recorded, plots: &[Plot]) -> String {
    let sections: Vec<Section<'_>> = run.sections().collect();
    let shown = &sections[..sections.len().min(MAX_SECTIONS)];
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (harmless(&run.name)) " · Riddle" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (overview::head(run))
                main {
                    (figures::figures(run, plots))
                    (rules::rules(run))
                    (overview::problems(run, &sections[..sections.len().min(MAX_LINES)]))
                    @for section in written(shown) { (section) }
                    (settings::timings(run))
                    (settings::settings(run))
                    (notes(sections.len()))
                }
            }
        }
    };
    page.into_string()
}

/// Writes sections on all cores: looking at programs takes nearly all of the time. No section knows of another.
fn written(sections: &[Section<'_>]) -> Vec<Markup> {
    let highlighter = Highlighter::new();
    let room = MAX_PROGRAM_BYTES / sections.len().max(1);
    let write = |it: &Section<'_>| it.markup(&highlighter, &mut Budget(room));
    let n_threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = sections.len().div_ceil(n_threads).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (sections.chunks(share))
            .map(|part| scope.spawn(move || part.iter().map(write).collect::<Vec<_>>()))
            .collect();
        let parts = threads
            .into_iter()
            .flat_map(|it| it.join().expect("a section is written"));
        parts.collect()
    })
}

/// Says how to read the page, and what is not on it.
fn notes(n_problems: usize) -> Markup {
    html! {
        section #about {
            h2 { "About this page" }
            p {
                "A candidate " em { "survives" } " if it passes the public tests. Survivors that do the same on all "
                "generated inputs are a " em { "cluster" } "; submissions are picked from clusters. "
                em { "Oracle" } " is whether any survivor is right: what a perfect choice would have solved. "
                "Right is what passes the private tests. Intervals are at 95\u{a0}%."
            }
            p {
                "Nothing was run to make it. What programs printed on generated inputs is recorded as digests, which "
                "tell two outputs apart and do not show them."
            }
            p {
                "A program is shown up to " (bytes(programs::MAX_SOURCE_BYTES as u64)) ", an input up to "
                (bytes(programs::MAX_INPUT_BYTES as u64)) ", and programs of all problems up to "
                (bytes(MAX_PROGRAM_BYTES as u64)) " in equal parts. "
                @if n_problems > MAX_SECTIONS {
                    "Only the first " (count(MAX_SECTIONS as u64)) " of " (counted(n_problems as u64, "problem"))
                    " have a section. "
                }
                @if n_problems > MAX_LINES {
                    "Only the first " (count(MAX_LINES as u64)) " have a line in the table."
                }
            }
        }
    }
}

/// Returns a verdict in words that need no colour.
fn verdict(verdict: Option<Verdict>) -> Markup {
    html! {
        @match verdict {
            None => span.verdict title="no private tests said so" { "–" },
            Some(Verdict::Ac) => span.verdict.good { "✓ AC" },
            Some(other) => span.verdict.bad { "✗ " (other.as_str()) },
        }
    }
}

/// Returns a share as a bar.
fn bar(part: u64, whole: u64) -> Markup {
    let thousandths = u128::from(part) * 1000 / u128::from(whole.max(1));
    let percent = format!("{}.{}%", thousandths / 10, thousandths % 10);
    html! {
        svg.bar aria-hidden="true" { rect width=(percent) height="100%" {} }
    }
}
