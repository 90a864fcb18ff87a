//! A grammar in lines that a person reads.

use std::fmt;
use std::fmt::Write as _;

use super::Grammar;
use super::facts::{Bound, Graph, Kind, Order, Source};
use super::layout::{Count, Line, Node, Repeat, Rest, Slot, Times, series_slots};

impl fmt::Display for Grammar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let explainer = Explainer { grammar: self };
        explainer.nodes(f, &self.nodes, 0)?;
        for (left, right) in &self.facts.checks {
            writeln!(
                f,
                "{} <= {}, stated",
                explainer.count(left),
                explainer.count(right)
            )?;
        }
        for &(left, right) in &self.facts.unequal {
            writeln!(
                f,
                "{} != {}, stated",
                explainer.name(left),
                explainer.name(right)
            )?;
        }
        for &(slot, limit) in &self.facts.sums {
            writeln!(f, "sum of all {} <= {limit}, stated", explainer.name(slot))?;
        }
        if self.is_crlf {
            writeln!(f, "lines end in CR LF")?;
        }
        match self.n_final_newlines {
            0 => writeln!(f, "no newline at the end"),
            1 => Ok(()),
            n => writeln!(f, "{} blank lines at the end", n - 1),
        }
    }
}

struct Explainer<'a> {
    grammar: &'a Grammar,
}

impl Explainer<'_> {
    fn nodes(&self, f: &mut fmt::Formatter<'_>, nodes: &[Node], depth: usize) -> fmt::Result {
        // Only lines before the first repetition have a number.
        let mut number = Some(1).filter(|_| depth == 0);
        for node in nodes {
            write!(f, "{:width$}", "", width = depth * 2)?;
            match node {
                Node::Line(line) => {
                    match number {
                        Some(it) => write!(f, "line {it}: ")?,
                        None => f.write_str("line: ")?,
                    }
                    number = number.map(|it| it + 1);
                    self.line(f, line)?;
                }
                Node::Repeat(repeat) => {
                    number = None;
                    self.repeat(f, repeat, depth)?;
                }
            }
        }
        Ok(())
    }

    fn repeat(&self, f: &mut fmt::Formatter<'_>, repeat: &Repeat, depth: usize) -> fmt::Result {
        match &repeat.times {
            Times::Of(count) => write!(f, "{} times", self.count(count))?,
            Times::ToEnd => f.write_str("to the end of the input")?,
            Times::Until(end) => {
                write!(f, "up to a line `{}`", end.join(&b' ').escape_ascii())?;
            }
        }
        let slots = series_slots(&repeat.body);
        let ends = &slots[..slots.len().min(2)];
        if let Some(graph) = self
            .grammar
            .facts
            .graphs
            .iter()
            .find(|it| it.ends[..] == *ends)
        {
            write!(f, ", {}", self.graph(graph))?;
        }
        writeln!(f, ":")?;
        self.nodes(f, &repeat.body, depth + 1)
    }

    fn graph(&self, graph: &Graph) -> String {
        let nodes = self.count(&graph.nodes);
        if graph.is_tree {
            return format!("the edges of a tree of {nodes} nodes, guessed");
        }
        let mut words = Vec::new();
        if graph.is_connected {
            words.push("connected");
        }
        if graph.is_simple {
            words.push("no edge twice");
        }
        if !graph.has_loops {
            words.push("no loops");
        }
        if graph.is_ordered {
            words.push("smaller end first");
        }
        format!(
            "the edges of a graph of {nodes} nodes ({}), guessed",
            words.join(", ")
        )
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
        let mut parts: Vec<String> = line.fields.iter().map(|&it| self.slot(it)).collect();
        match &line.rest {
            Rest::Nothing if line.fields.is_empty() => parts.push("blank".to_owned()),
            Rest::Nothing => {}
            Rest::List(count, slot) => {
                parts.push(format!("{} times {}", self.count(count), self.slot(*slot)));
            }
            Rest::Free(slot) => parts.push(format!("any number of {}", self.slot(*slot))),
            Rest::Text(slot) => parts.push(format!("all of it {}", self.slot(*slot))),
        }
        writeln!(f, "{}", parts.join(", "))
    }

    fn name(&self, slot: Slot) -> &str {
        &self.grammar.facts.slots[slot].name
    }

    fn count(&self, count: &Count) -> String {
        let name = |&slot: &Slot| match self.grammar.facts.slots[slot].kind {
            Kind::Word { .. } | Kind::Choice(_) => format!("|{}|", self.name(slot)),
            _ => self.name(slot).to_owned(),
        };
        if let Some(constant) = count.constant() {
            return constant.to_string();
        }
        let mut text = String::new();
        count.write(&mut text, &name).expect("a string takes all");
        text
    }

    fn slot(&self, slot: Slot) -> String {
        let facts = &self.grammar.facts.slots[slot];
        let mut parts = Vec::new();
        let places = match &facts.kind {
            Kind::Integer if facts.is_count => {
                parts.push("count".to_owned());
                0
            }
            Kind::Integer => 0,
            Kind::Decimal { places, is_fixed } => {
                let most = if *is_fixed { "" } else { "at most " };
                parts.push(format!("{most}{places} decimals"));
                *places
            }
            Kind::Word {
                alphabet, source, ..
            } => {
                parts.push(format!("word of {}, {}", letters(alphabet), said(*source)));
                0
            }
            Kind::Choice(words) => {
                let words = words.iter().map(|it| format!("`{}`", it.escape_ascii()));
                parts.push(format!("one of {}", words.collect::<Vec<_>>().join(" ")));
                0
            }
        };
        let unit = match &facts.kind {
            Kind::Word { .. } => "length ",
            _ => "",
        };
        if !facts.low.is_empty() || !facts.high.is_empty() {
            let low = self.bounds(&facts.low, true, places);
            let high = self.bounds(&facts.high, false, places);
            let all = facts.low.iter().chain(&facts.high);
            let sources: Vec<Source> = all.map(|it| it.source).collect();
            let source = if sources.iter().all(|it| *it == Source::Stated) {
                "stated"
            } else if sources.contains(&Source::Stated) {
                "partly stated"
            } else {
                "guessed"
            };
            parts.push(format!("{unit}{low}..={high}, {source}"));
        }
        let order = match facts.series.order {
            Order::Any => None,
            Order::Distinct => Some("distinct".to_owned()),
            Order::Sorted => Some("never falling".to_owned()),
            Order::Increasing => Some("increasing".to_owned()),
            Order::Falling => Some("never rising".to_owned()),
            Order::Permutation(base) => Some(format!("permutation from {base}")),
        };
        if let Some(order) = order {
            parts.push(format!("{order}, {}", said(facts.series.source)));
        }
        format!("{} ({})", facts.name, parts.join("; "))
    }

    fn bounds(&self, bounds: &[Bound], is_low: bool, places: u32) -> String {
        let constants = bounds.iter().filter_map(|it| it.value.constant());
        let constant = if is_low {
            constants.max()
        } else {
            constants.min()
        };
        let mut texts: Vec<String> = Vec::new();
        if let Some(constant) = constant {
            let unit = 10i128.pow(places);
            texts.push(if constant % unit == 0 {
                (constant / unit).to_string()
            } else {
                format!("{constant}e-{places}")
            });
        }
        for bound in bounds.iter().filter(|it| it.value.constant().is_none()) {
            let text = self.count(&bound.value);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        match &texts[..] {
            [] => "?".to_owned(),
            [text] => text.clone(),
            _ => format!(
                "{}({})",
                if is_low { "max" } else { "min" },
                texts.join(", ")
            ),
        }
    }
}

fn said(source: Source) -> &'static str {
    match source {
        Source::Stated => "stated",
        Source::Guessed => "guessed",
    }
}

/// Writes an alphabet with its runs put together, as `a-z`.
fn letters(alphabet: &[u8]) -> String {
    let mut text = String::from("`");
    let mut at = 0;
    while at < alphabet.len() {
        let mut end = at;
        while end + 1 < alphabet.len() && alphabet[end + 1] == alphabet[end] + 1 {
            end += 1;
        }
        let first = alphabet[at].escape_ascii();
        if end >= at + 2 {
            let last = alphabet[end].escape_ascii();
            write!(text, "{first}-{last}").expect("a string takes all");
            at = end + 1;
        } else {
            text.push_str(&first.to_string());
            at += 1;
        }
    }
    text.push('`');
    text
}
