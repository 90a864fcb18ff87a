//! A layout in one line, for tests and for a look at why one was chosen.

use std::fmt::Write as _;

use super::layout::{Node, Rest, Times};

/// Writes a layout as `#0 #1 / a*[#2 #3]`: `/` ends a line, `n*[…]` repeats.
pub(super) fn sketch(nodes: &[Node]) -> String {
    let name = |slot: &usize| format!("#{slot}");
    let mut text = String::new();
    for node in nodes {
        if !text.is_empty() {
            text.push_str(" / ");
        }
        match node {
            Node::Line(line) => {
                let fields: Vec<String> = line.fields.iter().map(name).collect();
                text.push_str(&fields.join(" "));
                if line.fields.is_empty() && line.rest == Rest::Nothing {
                    text.push_str("(blank)");
                }
                match &line.rest {
                    Rest::Nothing => {}
                    Rest::List(count, slot) => {
                        text.push_str(" {");
                        count.write(&mut text, &name).expect("a string takes all");
                        write!(text, " of #{slot}}}").expect("a string takes all");
                    }
                    Rest::Free(slot) => {
                        write!(text, " {{any of #{slot}}}").expect("a string takes all");
                    }
                    Rest::Text(slot) => write!(text, "text #{slot}").expect("a string takes all"),
                }
            }
            Node::Repeat(repeat) => {
                match &repeat.times {
                    Times::Of(count) => {
                        count.write(&mut text, &name).expect("a string takes all");
                    }
                    Times::ToEnd => text.push_str("end"),
                    Times::Until(end) => {
                        let end = end.join(&b' ');
                        write!(text, "until `{}`", end.escape_ascii()).expect("a string takes all");
                    }
                }
                write!(text, "*[{}]", sketch(&repeat.body)).expect("a string takes all");
            }
        }
    }
    text
}
