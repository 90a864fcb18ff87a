//! A search's report as `solve` and `show` print it.
//!
//! Only what the report says; nothing is worked out here that `report.json` does not hold.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write as _},
};

use riddle_engine::{
    ProblemReport, ProblemTimings, Report, SamplerConfig, StageCount, StopReason, TimeLimitReport,
    TimeLimitSource, Timings, problems::Verdict,
};

use crate::{
    printer::{Format, Printer, Tone},
    table::{Cell, Side, Table},
    text::{clean, count, counted, shortened, time},
};

/// Problems that are shown each in full; more get a line each.
const SHOWN_IN_FULL: usize = 5;
/// Clusters that are shown of a problem.
const SHOWN_CLUSTERS: usize = 5;
/// Columns of a candidate's name, in a terminal that is narrow and in one that is not.
const NAME_WIDTHS: (usize, usize) = (24, 48);
/// Columns from which on a terminal is not narrow.
const WIDE: usize = 80;

/// Prints a report.
pub(crate) fn print(
    printer: Printer,
    format: Format,
    report: &Report,
    timings: Option<&Timings>,
) -> anyhow::Result<()> {
    for problem in report.problems() {
        warn(printer, problem);
    }
    match format {
        // Interrupted before there was anything to tell.
        Format::Human if report.problems().is_empty() => Ok(()),
        Format::Human => printer.data(human(printer, report, timings)),
        Format::Json => printer.json(format, report),
        Format::Jsonl => (report.problems().iter()).try_for_each(|it| printer.json(format, it)),
    }
}

/// Says what the tokens of a run cost, where its sampler's settings tell the prices.
pub(crate) fn tell_cost(printer: Printer, report: &Report, sampler: &SamplerConfig) {
    let costs = report
        .problems()
        .iter()
        .filter_map(|it| sampler.price(&it.sampling));
    if let Some(cost) = costs.reduce(|a, b| a + b) {
        printer.note(&format!("the tokens cost {cost:.4}"));
    }
}

/// Says what the user should know about one problem's search.
fn warn(printer: Printer, report: &ProblemReport) {
    for warning in &report.warnings {
        printer.warn(&format!("{}: {warning}", report.problem));
    }
    if let Some(first) = report.backstops.first() {
        printer.warn(&format!(
            "{}: the backstop ended {}, `{first}` first; another run may give another report",
            report.problem,
            counted(report.backstops.len() as u64, "program"),
        ));
    }
    if reasons(&report.funnel).contains_key("no_toolchain") {
        printer.hint("run `riddle setup`, or `riddle doctor` to see why");
    }
}

fn human(printer: Printer, report: &Report, timings: Option<&Timings>) -> String {
    let problems = report.problems();
    let mut out = String::new();
    if problems.len() > SHOWN_IN_FULL {
        out += &overview(problems).take(&printer);
        let all: Vec<&[StageCount]> = problems.iter().map(|it| &it.funnel[..]).collect();
        out.push('\n');
        out += &funnel(&all).take(&printer);
        out.push('\n');
    } else {
        for problem in problems {
            let timings =
                timings.and_then(|it| it.problems.iter().find(|it| it.problem == problem.problem));
            out += &in_full(printer, problem, timings);
            out.push('\n');
        }
    }
    out += &conclusion(report);
    out.push('\n');
    out
}

/// Returns the last line: what came of it all.
fn conclusion(report: &Report) -> String {
    let totals = report.totals();
    if totals.n_scored > 0 {
        let problems = counted(totals.n_scored, "problem");
        return format!("solved {} of {problems}", count(totals.n_solved));
    }
    let answered = report
        .problems()
        .iter()
        .filter(|it| !it.submissions.is_empty());
    format!(
        "something to submit for {} of {}, no private tests to tell whether it is right",
        answered.count(),
        counted(totals.n_problems, "problem")
    )
}

/// One line a problem.
fn overview(problems: &[ProblemReport]) -> Table {
    let mut table = Table::new(&[
        ("problem", Side::Left),
        ("sampled", Side::Right),
        ("survive", Side::Right),
        ("clusters", Side::Right),
        ("result", Side::Left),
    ]);
    for problem in problems {
        let (tone, result) = result(problem);
        table.row([
            problem.problem.as_str().into(),
            count(problem.metrics.n_candidates).into(),
            count(problem.metrics.n_survivors).into(),
            count(problem.clusters.len() as u64).into(),
            Cell::toned(tone, result),
        ]);
    }
    table
}

/// One problem in full.
fn in_full(printer: Printer, report: &ProblemReport, timings: Option<&ProblemTimings>) -> String {
    let mut out = printer.tinted(Tone::Heading, &clean(&report.problem));
    let _ = writeln!(out, "  {}", rules(&report.time_limit, &report.checker));
    out += &funnel(&[&report.funnel]).take(&printer);
    if !report.clusters.is_empty() {
        let _ = writeln!(
            out,
            "\n  {} in {} by {}",
            counted(report.metrics.n_survivors, "survivor"),
            counted(report.clusters.len() as u64, "cluster"),
            counted(report.n_inputs, "generated input"),
        );
        out += &clusters(printer, report).take(&printer);
        out.push('\n');
        out += &submissions(printer, report).take(&printer);
    }
    let (tone, result) = result(report);
    let _ = write!(out, "\n  {}", printer.tinted(tone, &result));
    let stopped = match report.stop_reason {
        StopReason::Interrupted => Some("interrupted"),
        StopReason::SamplerFailed => Some("the sampler gave up"),
        _ => None,
    };
    if let Some(stopped) = stopped {
        let n = counted(report.metrics.n_candidates, "candidate");
        let _ = write!(out, "\n  {stopped} after {n}");
    }
    out.push('\n');
    let _ = writeln!(out, "  {}", cost(report, timings));
    out
}

/// A funnel, or the sum of several.
fn funnel(funnels: &[&[StageCount]]) -> Table {
    let mut table = Table::new(&[
        ("stage", Side::Left),
        ("in", Side::Right),
        ("out", Side::Right),
        ("dropped", Side::Right),
        ("why", Side::Left),
    ]);
    let n_stages = funnels.iter().map(|it| it.len()).max().unwrap_or(0);
    for index in 0..n_stages {
        let stages: Vec<&StageCount> = funnels.iter().filter_map(|it| it.get(index)).collect();
        let sum = |value: fn(&StageCount) -> u64| count(stages.iter().map(|it| value(it)).sum());
        let mut reasons: Vec<_> = reasons(stages.iter().copied()).into_iter().collect();
        reasons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let reasons: Vec<_> = reasons
            .iter()
            .map(|(reason, n)| format!("{} {}", reason.replace('_', " "), count(*n)))
            .collect();
        table.row([
            stages[0].stage.title().into(),
            sum(|it| it.n_in).into(),
            sum(|it| it.n_out).into(),
            sum(|it| it.n_dropped).into(),
            reasons.join(", ").into(),
        ]);
    }
    table
}

/// Returns why candidates were dropped, over all of some stages.
fn reasons<'a>(stages: impl IntoIterator<Item = &'a StageCount>) -> BTreeMap<&'a str, u64> {
    let mut all = BTreeMap::new();
    for stage in stages {
        for (reason, n) in &stage.reasons {
            *all.entry(reason.as_str()).or_default() += n;
        }
    }
    all
}

fn clusters(printer: Printer, report: &ProblemReport) -> Table {
    let mut table = Table::new(&[
        ("cluster", Side::Right),
        ("size", Side::Right),
        ("programs", Side::Right),
        ("earliest", Side::Left),
    ]);
    for cluster in report.clusters.iter().take(SHOWN_CLUSTERS) {
        table.row([
            cluster.rank.to_string().into(),
            count(cluster.size).into(),
            count(cluster.n_programs).into(),
            name(printer, &cluster.representative).into(),
        ]);
    }
    let rest = report.clusters.get(SHOWN_CLUSTERS..).unwrap_or_default();
    if !rest.is_empty() {
        table.row([
            "…".into(),
            count(rest.iter().map(|it| it.size).sum()).into(),
            count(rest.iter().map(|it| it.n_programs).sum()).into(),
            format!("in {} more", rest.len()).into(),
        ]);
    }
    table
}

fn submissions(printer: Printer, report: &ProblemReport) -> Table {
    let mut table = Table::new(&[
        ("submit", Side::Right),
        ("candidate", Side::Left),
        ("language", Side::Left),
        ("size", Side::Right),
        ("verdict", Side::Left),
    ]);
    for submission in &report.submissions {
        table.row([
            submission.rank.to_string().into(),
            name(printer, &submission.candidate).into(),
            submission.language.name().into(),
            count(submission.cluster_size).into(),
            verdict(submission.verdict),
        ]);
    }
    table
}

/// Returns a verdict's cell; `-` where there is none.
pub(crate) fn verdict(verdict: Option<Verdict>) -> Cell {
    match verdict {
        None => "-".into(),
        Some(Verdict::Ac) => Cell::toned(Tone::Good, "AC"),
        Some(other) => Cell::toned(Tone::Bad, other.as_str()),
    }
}

/// Returns what came of one problem: whether a pick is right (chosen), and whether any could have
/// been (oracle).
pub(crate) fn result(report: &ProblemReport) -> (Tone, String) {
    let n = report.submissions.len() as u64;
    match (report.metrics.chosen, report.metrics.oracle) {
        (Some(true), _) => {
            let right = report
                .submissions
                .iter()
                .find(|it| it.verdict == Some(Verdict::Ac));
            let rank = right.map_or(0, |it| it.rank);
            (Tone::Good, format!("solved by submission {rank} of {n}"))
        }
        (Some(false), Some(true)) => (
            Tone::Bad,
            "not solved: a survivor is right, but was not picked".to_owned(),
        ),
        (Some(false), _) if report.metrics.n_survivors == 0 => (
            Tone::Bad,
            "not solved: no candidate passes the public tests".to_owned(),
        ),
        (Some(false), _) => (Tone::Bad, "not solved: no survivor is right".to_owned()),
        (None, _) => (Tone::Plain, format!("{} to try", counted(n, "submission"))),
    }
}

fn cost(report: &ProblemReport, timings: Option<&ProblemTimings>) -> String {
    let mut cost = format!(
        "{}, {} fuel",
        counted(report.cost.n_executions, "execution"),
        count(report.cost.fuel)
    );
    if report.cost.n_cancelled > 0 {
        let _ = write!(
            cost,
            "; {} not run after a first failure",
            counted(report.cost.n_cancelled, "test")
        );
    }
    if report.cost.n_linked_statically > 0 {
        let _ = write!(
            cost,
            "\n  {} linked statically, since the shared runtime could not serve them",
            counted(report.cost.n_linked_statically, "program")
        );
    }
    let sampling = &report.sampling;
    if sampling.n_tokens > 0 {
        let _ = write!(
            cost,
            "\n  {} of answers and {} of prompts, {} cut off",
            counted(sampling.n_tokens, "token"),
            count(sampling.n_prompt_tokens),
            counted(sampling.n_truncated, "answer"),
        );
    }
    if let Some(timings) = timings {
        let _ = write!(
            cost,
            "\n  {} compiled, {} from the cache, {}",
            count(timings.n_compiled),
            count(timings.n_stored),
            time(timings.wall_time)
        );
    }
    cost
}

/// Returns a time limit with where it comes from, and the checker where it is not the default.
pub(crate) fn rules(limit: &TimeLimitReport, checker: &str) -> impl Display {
    let source = match limit.source {
        TimeLimitSource::Declared => "",
        TimeLimitSource::SlowestAccepted => " (from the slowest accepted program)",
        TimeLimitSource::Default => " (the default)",
    };
    let checker = match checker {
        "tokens" => String::new(),
        checker => format!(", checker {checker}"),
    };
    format!("time limit {} s{source}{checker}", limit.seconds)
}

/// Returns a candidate's name, cut to the terminal it goes to.
fn name(printer: Printer, name: &str) -> String {
    match printer.width() {
        None => name.to_owned(),
        Some(width) if width < WIDE => shortened(name, NAME_WIDTHS.0),
        Some(_) => shortened(name, NAME_WIDTHS.1),
    }
}
