//! What `riddle evaluate` shows people: tables of rules, and the clusters of one problem.
//!
//! Shares are shown in percent. Measures nothing.

use std::fmt::Write as _;

use riddle_engine::{
    ClusterExplanation, ClusterView, Conduct, EvaluationReport, InputOrder, InputsRow, Interval,
    PairDifference, RuleRow,
};

use crate::{
    printer::{Printer, Tone},
    table::{Cell, Side, Table},
    text::{clean, compact, count, counted, outward, shortened},
};

/// Columns of the terminal that the name of a rule takes, with the gap after it.
const NAME_COLUMNS: usize = 14;
/// Columns that a share with its interval takes.
const SHARE_COLUMNS: usize = 15;
/// Columns that a gap takes.
const GAP_COLUMNS: usize = 6;
/// Lines of a program or an input that are shown.
const SHOWN_LINES: usize = 8;
/// Digits of a digest that are shown.
const SHOWN_DIGITS: usize = 8;
/// Columns of a candidate's name.
const CANDIDATE_COLUMNS: usize = 32;

/// Returns all tables of a report.
pub(super) fn tables(printer: Printer, report: &EvaluationReport) -> String {
    let mut out = format!(
        "{} in {}, {} with verdicts; {} for each k, seed {}\n",
        counted(report.n_problems, "problem"),
        counted(report.runs.len() as u64, "run"),
        count(report.n_scored),
        counted(u64::from(report.n_draws), "draw"),
        report.seed,
    );
    if report.n_scored == 0 {
        return out;
    }
    let mut sizes: Vec<usize> = report.table.iter().map(|it| it.n_submissions).collect();
    sizes.dedup();
    for n in sizes {
        let rows: Vec<&RuleRow> = (report.table.iter())
            .filter(|it| it.n_submissions == n)
            .collect();
        heading(printer, &mut out, n, "all candidates");
        out.truncate(out.trim_end().len());
        out += "; executions and fuel for each\n";
        out += &with_all(report, &rows).take(&printer);
        if !report.oracle.at.is_empty() {
            heading(printer, &mut out, n, "k candidates, drawn");
            out += &by_k(printer, report, &rows);
        }
        let inputs: Vec<&InputsRow> = (report.inputs.iter())
            .filter(|it| it.n_submissions == n)
            .collect();
        if let Some(first) = inputs.first() {
            heading(
                printer,
                &mut out,
                n,
                match first.order {
                    InputOrder::Recorded => "all candidates, the first inputs",
                    InputOrder::Cover => "all candidates, the inputs that tell most apart",
                },
            );
            out += &by_inputs(printer, report, &inputs);
        }
    }
    out.push('\n');
    out
}

fn heading(printer: Printer, out: &mut String, n: usize, what: &str) {
    let title = format!("{}, {what}", counted(n as u64, "submission"));
    let _ = writeln!(
        out,
        "\n{}: % of problems solved",
        printer.tinted(Tone::Heading, &title)
    );
}

/// The rules with all candidates.
fn with_all(report: &EvaluationReport, rows: &[&RuleRow]) -> Table {
    let against = format!("against {}", report.rules[0]);
    let mut table = Table::new(&[
        ("rule", Side::Left),
        ("solved", Side::Right),
        ("% (95 %)", Side::Right),
        ("gap", Side::Right),
        (&against, Side::Right),
        ("executions", Side::Right),
        ("fuel", Side::Right),
    ]);
    table.row([
        "oracle".into(),
        count(report.oracle.n_solved).into(),
        percent(report.oracle.solved).into(),
        "".into(),
        "".into(),
        "".into(),
        "".into(),
    ]);
    for row in rows {
        let difference = row.difference.filter(|_| row.rule != report.rules[0]);
        let cost = row.cost;
        table.row([
            row.rule.as_str().into(),
            count(row.n_solved).into(),
            percent(row.solved).into(),
            row.gap.map_or(String::new(), |it| points(it.value)).into(),
            toned(difference),
            cost.map_or(String::new(), |it| compact(it.n_executions))
                .into(),
            cost.map_or(String::new(), |it| compact(it.fuel)).into(),
        ]);
    }
    table
}

/// The rules with samples: as many columns beside each other as the terminal has room for.
fn by_k(printer: Printer, report: &EvaluationReport, rows: &[&RuleRow]) -> String {
    let oracle = &report.oracle.at;
    let mut parts = Vec::new();
    for places in chunks(printer, oracle.len(), SHARE_COLUMNS + GAP_COLUMNS) {
        let titles: Vec<String> = (places.clone())
            .map(|it| format!("k = {}", count(oracle[it].k)))
            .collect();
        let mut columns = vec![("rule", Side::Left)];
        for title in &titles {
            columns.extend([(title.as_str(), Side::Right), ("gap", Side::Right)]);
        }
        let mut table = Table::new(&columns);
        let pairs = |name: &str, pair: &dyn Fn(usize) -> [Cell; 2]| {
            let cells = places.clone().flat_map(pair);
            std::iter::once(name.into())
                .chain(cells)
                .collect::<Vec<_>>()
        };
        table.row(pairs("problems", &|it| {
            [count(oracle[it].n_problems).into(), "".into()]
        }));
        table.row(pairs("oracle", &|it| {
            [percent(Some(oracle[it].solved)).into(), "".into()]
        }));
        for row in rows {
            table.row(pairs(&row.rule, &|it| {
                let point = row.at.get(it);
                [
                    percent(point.map(|it| it.solved)).into(),
                    point
                        .map_or(String::new(), |it| points(it.gap.value))
                        .into(),
                ]
            }));
        }
        parts.push(table.take(&printer));
    }
    parts.join("\n")
}

/// The rules with fewer inputs.
fn by_inputs(printer: Printer, report: &EvaluationReport, inputs: &[&InputsRow]) -> String {
    let mut parts = Vec::new();
    for places in chunks(printer, inputs.len(), SHARE_COLUMNS) {
        let shown = &inputs[places];
        let titles: Vec<String> = (shown.iter())
            .map(|it| counted(it.n_inputs as u64, "input"))
            .collect();
        let mut columns = vec![("rule", Side::Left)];
        columns.extend(titles.iter().map(|it| (it.as_str(), Side::Right)));
        let mut table = Table::new(&columns);
        let clusters = shown.iter().map(|it| {
            let mean = it.n_clusters.map_or(0.0, |it| it.value);
            Cell::from(format!("{mean:.1}"))
        });
        table.row(std::iter::once("clusters".into()).chain(clusters));
        for (index, rule) in report.rules.iter().enumerate() {
            let cells = shown
                .iter()
                .map(|it| percent(it.rules[index].solved).into());
            table.row(std::iter::once(rule.as_str().into()).chain(cells));
        }
        parts.push(table.take(&printer));
    }
    parts.join("\n")
}

/// Divides columns of a width among as many tables as the terminal needs.
fn chunks(
    printer: Printer,
    n: usize,
    width: usize,
) -> impl Iterator<Item = std::ops::Range<usize>> {
    let room = printer.width().unwrap_or(usize::MAX);
    let at_once = (room.saturating_sub(NAME_COLUMNS) / width).clamp(1, n.max(1));
    (0..n)
        .step_by(at_once)
        .map(move |it| it..n.min(it + at_once))
}

/// Returns a share in percent with its interval.
fn percent(share: Option<Interval>) -> String {
    share.map_or(String::new(), |it| {
        // A decimal of 100 would cost every column of its kind two more.
        let value = format!("{:.1}", 100.0 * it.value);
        let value = if value == "100.0" { "100" } else { &value };
        let (low, high) = outward(it);
        format!("{value} ({low:.0}–{high:.0})")
    })
}

/// Returns a difference of shares in percentage points.
fn points(difference: f64) -> String {
    let text = format!("{:.1}", 100.0 * difference);
    if text == "-0.0" {
        "0.0".to_owned()
    } else {
        text
    }
}

/// Returns a difference with its interval, in a colour where that leaves out 0.
fn toned(difference: Option<Interval>) -> Cell {
    let Some(it) = difference else {
        return "".into();
    };
    let tone = if it.low > 0.0 {
        Tone::Good
    } else if it.high < 0.0 {
        Tone::Bad
    } else {
        Tone::Plain
    };
    let signed = |it: f64| match points(it) {
        text if it > 0.0 && text != "0.0" => format!("+{text}"),
        text => text,
    };
    let (low, high) = outward(it);
    let text = format!("{} ({low:.0}..{high:.0})", signed(it.value));
    Cell::toned(tone, text)
}

/// Returns the clusters of one problem.
pub(super) fn explanation(printer: Printer, it: &ClusterExplanation) -> String {
    let mut out = format!(
        "{}  {}, {}: {} in {} on {}\n",
        printer.tinted(Tone::Heading, &clean(&it.problem)),
        counted(it.n_candidates, "candidate"),
        counted(it.n_survivors, "survivor"),
        counted(it.n_programs, "program"),
        counted(it.n_clusters, "cluster"),
        counted(it.n_inputs, "input"),
    );
    if let Some(unscored) = it.unscored {
        let _ = writeln!(out, "  no verdicts: {}", unscored.reason());
    }
    if it.clusters.is_empty() {
        return out;
    }
    out.push('\n');
    out += &clusters(it).take(&printer);
    let n_more = it.n_clusters - it.clusters.len() as u64;
    if n_more > 0 {
        let _ = writeln!(out, "  … and {} more", count(n_more));
    }
    out.push('\n');
    out += &picks(it).take(&printer);
    for cluster in &it.clusters {
        program(&mut out, cluster);
    }
    for difference in &it.differences {
        told_apart(&mut out, difference);
    }
    out.push('\n');
    out
}

fn clusters(it: &ClusterExplanation) -> Table {
    let mut table = Table::new(&[
        ("cluster", Side::Right),
        ("size", Side::Right),
        ("programs", Side::Right),
        ("earliest", Side::Left),
        ("verdicts", Side::Left),
    ]);
    for cluster in &it.clusters {
        let verdicts: Vec<String> = (cluster.verdicts.iter())
            .map(|(verdict, n)| format!("{verdict} {}", count(*n)))
            .collect();
        let tone = match cluster.verdicts.keys().next() {
            Some(it) if it.as_str() == "AC" => Tone::Good,
            _ => Tone::Plain,
        };
        table.row([
            count(cluster.rank).into(),
            count(cluster.size).into(),
            count(cluster.n_programs).into(),
            shortened(&cluster.representative, CANDIDATE_COLUMNS).into(),
            Cell::toned(tone, verdicts.join(", ")),
        ]);
    }
    table
}

fn picks(it: &ClusterExplanation) -> Table {
    let mut table = Table::new(&[
        ("rule", Side::Left),
        ("first right", Side::Right),
        ("clusters of its picks, in order", Side::Left),
    ]);
    for rule in &it.picks {
        let is_right = |verdict: &str| verdict == "AC";
        let right =
            (rule.picks.iter()).position(|it| it.verdict.is_some_and(|it| is_right(it.as_str())));
        let clusters: Vec<String> = rule.picks.iter().map(|it| count(it.cluster)).collect();
        table.row([
            rule.rule.as_str().into(),
            right
                .map_or("-".to_owned(), |it| count(it as u64 + 1))
                .into(),
            clusters.join(" ").into(),
        ]);
    }
    table
}

fn program(out: &mut String, cluster: &ClusterView) {
    let Some(source) = &cluster.source else {
        return;
    };
    let _ = writeln!(
        out,
        "\n  cluster {}: {}, {}",
        count(cluster.rank),
        clean(&cluster.representative),
        clean(&cluster.language)
    );
    block(out, source);
}

fn told_apart(out: &mut String, difference: &PairDifference) {
    let [one, other] = difference.clusters;
    let _ = writeln!(
        out,
        "\n  clusters {one} and {other} differ on {}; on input {}",
        counted(difference.n_inputs, "input"),
        count(difference.input),
    );
    block(out, &difference.content);
    for (cluster, conduct) in difference.clusters.iter().zip(&difference.conduct) {
        let _ = writeln!(out, "  {cluster} {}", did(conduct));
    }
}

/// What a program did, of whose output only the digest is known.
fn did(conduct: &Conduct) -> String {
    let digest = conduct.output.to_string();
    let printed = if conduct.is_empty {
        "nothing".to_owned()
    } else {
        format!("{}…", &digest[..SHOWN_DIGITS])
    };
    match conduct.ending {
        "ok" => format!("prints {printed}"),
        ending => format!("ends with `{ending}`"),
    }
}

/// Writes a text that somebody else wrote, indented and cut.
fn block(out: &mut String, text: &str) {
    let text = clean(text);
    let lines = text.lines().filter(|it| !it.trim().is_empty());
    for line in lines.clone().take(SHOWN_LINES) {
        let _ = writeln!(out, "      {}", line.trim_end());
    }
    if lines.count() > SHOWN_LINES {
        *out += "      …\n";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_its_figure_as_it_is_shown() {
        let share = |low, value, high| percent(Some(Interval { value, low, high }));
        assert_eq!(share(0.996, 0.998, 0.999), "99.8 (99–100)");
        assert_eq!(share(0.4, 0.4, 0.4), "40.0 (40–40)");
        assert_eq!(share(0.5, 1.0, 1.0), "100 (50–100)");
        assert_eq!(percent(None), "");
        assert_eq!(points(-0.0001), "0.0");
    }
}
