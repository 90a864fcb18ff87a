//! What a search looks like while it goes on: one bar a problem, with its rates and its funnel.
//!
//! Shown only where standard error is a terminal. Decides nothing; losing it loses nothing.

use std::{cell::RefCell, fmt, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use riddle_engine::{Event, Observer, ProblemReport, Stage};

use crate::{
    printer::Printer,
    summary,
    text::{clean, count, counted, shortened, time},
};

/// Columns of a problem's name.
const NAME_WIDTH: usize = 24;
/// How often the clock on a bar moves.
const TICK: Duration = Duration::from_millis(500);

/// Shows the events of a run.
pub(crate) struct Progress {
    printer: Printer,
    bars: MultiProgress,
    current: RefCell<Bar>,
}

/// One problem's bar and the counts on it.
struct Bar {
    shown: ProgressBar,
    /// The problem's place among several, for people.
    place: Option<String>,
    n_tokens: u64,
    n_arrived: u64,
    n_through: u64,
    n_compiled: u64,
    n_survivors: u64,
    n_clusters: u64,
}

impl Bar {
    fn new(shown: ProgressBar, place: Option<String>) -> Self {
        Self {
            shown,
            place,
            n_tokens: 0,
            n_arrived: 0,
            n_through: 0,
            n_compiled: 0,
            n_survivors: 0,
            n_clusters: 0,
        }
    }

    fn arrive(&mut self, n_tokens: u64, is_known: bool) {
        self.n_arrived += 1;
        if !is_known {
            self.n_tokens += n_tokens;
        }
        self.shown.set_position(self.n_arrived);
        self.say();
    }

    fn through(&mut self, dropped_at: Option<Stage>, n_clusters: usize) {
        self.n_through += 1;
        self.n_compiled += u64::from(dropped_at.is_none_or(|it| it > Stage::Compile));
        self.n_survivors += u64::from(dropped_at.is_none());
        self.n_clusters = n_clusters as u64;
        self.say();
    }

    fn say(&self) {
        let rate = if self.n_tokens > 0 {
            let seconds = self.shown.elapsed().as_secs().max(1);
            format!("{} tokens/s · ", count(self.n_tokens / seconds))
        } else {
            String::new()
        };
        let message = format!(
            "{rate}sampled {} · tried {} · compiled {} · survivors {} · clusters {}",
            count(self.n_arrived),
            count(self.n_through),
            count(self.n_compiled),
            count(self.n_survivors),
            count(self.n_clusters)
        );
        self.shown.set_message(message);
    }
}

impl Progress {
    /// Makes a display with nothing on it.
    pub(crate) fn new(printer: Printer) -> Self {
        Self {
            printer,
            bars: MultiProgress::new(),
            current: RefCell::new(Bar::new(ProgressBar::hidden(), None)),
        }
    }

    /// Returns a way to say something above the bars, from any thread.
    pub(crate) fn notes(&self) -> impl Fn(&str) + Send + 'static {
        let (printer, bars) = (self.printer, self.bars.clone());
        move |message| bars.suspend(|| printer.note(message))
    }

    fn start(&self, problem: &str, index: usize, n_problems: usize, n_candidates: Option<u64>) {
        let name = shortened(&clean(problem), NAME_WIDTH);
        let bar = match n_candidates {
            Some(n) => ProgressBar::new(n).with_style(style(
                "{prefix} {bar:16} {human_pos}/{human_len}  {rate}  {eta} left\n  {msg}",
            )),
            None => ProgressBar::no_length().with_style(style(
                "{prefix} {spinner} {human_pos}  {rate}  {elapsed}\n  {msg}",
            )),
        };
        let place = (n_problems > 1).then(|| format!("[{}/{n_problems}]", index + 1));
        let prefix = place
            .as_ref()
            .map_or_else(|| name.clone(), |it| format!("{it} {name}"));
        let bar = self.bars.add(bar.with_prefix(prefix));
        bar.enable_steady_tick(TICK);
        *self.current.borrow_mut() = Bar::new(bar, place);
    }
}

/// Returns a line on a problem that is done. `n_tokens` are those that a model wrote for this call.
fn finished(place: &str, report: &ProblemReport, wall_time: Duration, n_tokens: u64) -> String {
    let seconds = wall_time.as_secs().max(1);
    format!(
        "{place} {}: {}, {} in {}, {}; {} tokens/s, {:.1} candidates/s, {}",
        clean(&report.problem),
        counted(report.metrics.n_candidates, "candidate"),
        counted(report.metrics.n_survivors, "survivor"),
        counted(report.clusters.len() as u64, "cluster"),
        summary::result(report).1,
        count(n_tokens / seconds),
        candidates_per_second(report.metrics.n_candidates, wall_time),
        time(wall_time),
    )
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn candidates_per_second(n: u64, wall_time: Duration) -> f64 {
    n as f64 / wall_time.as_secs_f64().max(1.0)
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("a valid template")
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // A display that cannot be written to is no matter.
            let _ = write!(out, "{:.1}/s", state.per_sec());
        })
}

impl Observer for Progress {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::ProblemStarted {
                problem,
                index,
                n_problems,
                n_candidates,
            } => self.start(problem, index, n_problems, n_candidates),
            Event::Sampled {
                n_tokens, is_known, ..
            } => self.current.borrow_mut().arrive(n_tokens, is_known),
            Event::CandidateDone {
                dropped_at,
                n_clusters,
                ..
            } => self.current.borrow_mut().through(dropped_at, n_clusters),
            Event::LookingForInputs { n_programs, .. } => {
                let survivors = counted(n_programs as u64, "survivor");
                let message = format!("looking for inputs that part {survivors}");
                self.current.borrow().shown.set_message(message);
            }
            Event::Scoring { n_programs, .. } => {
                let survivors = counted(n_programs as u64, "survivor");
                let message = format!("private tests on {survivors}");
                self.current.borrow().shown.set_message(message);
            }
            Event::ProblemFinished { report, wall_time } => {
                let bar = self.current.borrow();
                bar.shown.finish_and_clear();
                // A model takes minutes a problem: what came of one is told while the next goes on.
                if let Some(place) = bar.place.as_ref().filter(|_| report.sampling.n_tokens > 0) {
                    let line = finished(place, report, wall_time, bar.n_tokens);
                    self.bars.suspend(|| self.printer.note(&line));
                }
            }
            Event::Warning(message) => self.bars.suspend(|| self.printer.warn(&message)),
            _ => {}
        }
    }
}
