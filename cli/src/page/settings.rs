//! What a run took, and what it was asked to do: its seed and settings.

use std::time::Duration;

use maud::{Markup, html};
use serde_json::Value;

use super::{Recorded, problem::NAME};
use crate::text::{compact, count, counted, harmless, shortened, time};

/// Problems whose time is told, the slowest.
const SLOWEST: usize = 5;
/// Characters of a setting that are shown.
const SETTING: usize = 200;
/// Settings that are shown.
const SHOWN_SETTINGS: usize = 100;

/// Returns what the run took.
pub(super) fn timings(run: &Recorded) -> Markup {
    let Some(timings) = &run.timings else {
        return html! {
            section #timings { h2 { "Timings" } p { "The run has no timings." } }
        };
    };
    let all = &timings.problems;
    let mut slowest: Vec<_> = all.iter().collect();
    slowest.sort_by_key(|it| std::cmp::Reverse(it.wall_time));
    let n: u64 = run.report.totals().n_executions;
    html! {
        section #timings {
            h2 { "Timings" }
            dl.settings {
                div { dt { "in all" } dd { (time(all.iter().map(|it| it.wall_time).sum())) } }
                div {
                    dt { "compiling" }
                    dd {
                        (time(all.iter().map(|it| it.compile_cpu_time).sum())) " of CPU for "
                        (counted(all.iter().map(|it| it.n_compiled).sum(), "program")) ", "
                        (count(all.iter().map(|it| it.n_stored).sum())) " more from the cache"
                    }
                }
                div {
                    dt { "running" }
                    dd {
                        (time(all.iter().map(|it| it.execute_cpu_time).sum::<Duration>())) " of CPU for "
                        (counted(n, "execution")) ", " (fuel(run)) " fuel"
                    }
                }
                @if all.len() > 1 {
                    div {
                        dt { "slowest" }
                        dd {
                            @for (index, it) in slowest.iter().take(SLOWEST).enumerate() {
                                @if index > 0 { ", " }
                                (shortened(&harmless(&it.problem), NAME)) " " (time(it.wall_time))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn fuel(run: &Recorded) -> String {
    let fuel = run.report.problems().iter().map(|it| it.cost.fuel);
    #[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
    let fuel = fuel.fold(0, u64::saturating_add) as f64;
    compact(fuel)
}

/// Returns the settings of the run, its seed among them.
pub(super) fn settings(run: &Recorded) -> Markup {
    let manifest = &run.manifest;
    let mut rows = vec![
        ("riddle".to_owned(), manifest.riddle_version.clone()),
        ("sampler".to_owned(), manifest.sampler.clone()),
    ];
    let config = serde_json::to_value(&manifest.config).unwrap_or_default();
    flatten("", &config, &mut rows);
    let sampler = serde_json::to_value(&manifest.sampler_config).unwrap_or_default();
    flatten("sampler", &sampler, &mut rows);
    if let Some(seed) = manifest.sandbox_seed {
        rows.push(("sandbox seed".to_owned(), seed.to_string()));
    }
    if let Some(digest) = manifest.sandbox {
        rows.push(("sandbox".to_owned(), digest.to_string()));
    }
    let n_more = rows.len().saturating_sub(SHOWN_SETTINGS);
    html! {
        section #settings {
            h2 { "Settings" }
            dl.settings {
                @for (name, value) in rows.iter().take(SHOWN_SETTINGS) {
                    div {
                        dt { (shortened(&harmless(name), NAME)) }
                        dd { (shortened(&harmless(value), SETTING)) }
                    }
                }
            }
            @if n_more > 0 { p.note { "… and " (counted(n_more as u64, "more setting")) } }
        }
    }
}

/// Lays out fields within fields as lines.
fn flatten(path: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('_', " ");
                let gap = if path.is_empty() { "" } else { " " };
                flatten(&format!("{path}{gap}{name}"), value, rows);
            }
        }
        Value::Null => {}
        Value::Array(values) if values.is_empty() => {}
        Value::String(text) => rows.push((path.to_owned(), text.clone())),
        value => rows.push((path.to_owned(), value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_within_settings_are_lines() {
        let mut rows = Vec::new();
        let value = json!({"a_b": 1, "c": {"d": "x", "e": null}, "f": [], "g": [1]});
        flatten("", &value, &mut rows);
        let lines: Vec<String> = rows.iter().map(|(a, b)| format!("{a}={b}")).collect();
        assert_eq!(lines, ["a b=1", "c d=x", "g=[1]"]);
    }
}
