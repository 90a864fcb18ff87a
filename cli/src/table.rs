//! Plain tables: columns as wide as they need, the last one wrapped where the terminal ends.
//!
//! Knows nothing of what is in them.

use crate::{
    printer::{Printer, Tone},
    text,
};

/// Columns that a wrapped cell gets, however narrow the terminal.
const MIN_WRAPPED: usize = 16;

/// Which side a column's cells stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// One cell.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// Makes a cell with a meaning.
    pub(crate) fn toned(tone: Tone, text: impl AsRef<str>) -> Self {
        Self {
            text: text::clean(text.as_ref()).replace('\n', " "),
            tone,
        }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(Tone::Plain, text)
    }
}

/// A table being filled.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    sides: Vec<Side>,
    widths: Vec<usize>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Makes a table with a row of titles. `widths` below are the least ones: tables that are printed
    /// row by row cannot look ahead.
    pub(crate) fn new(columns: &[(&str, Side)]) -> Self {
        let mut table = Self {
            sides: columns.iter().map(|it| it.1).collect(),
            widths: vec![0; columns.len()],
            rows: Vec::new(),
        };
        let titles = columns.iter().map(|it| Cell::toned(Tone::Heading, it.0));
        table.row(titles);
        table
    }

    /// Sets the least width of each column.
    pub(crate) fn with_widths(mut self, widths: &[usize]) -> Self {
        for (width, least) in self.widths.iter_mut().zip(widths) {
            *width = (*width).max(*least);
        }
        self
    }

    /// Appends a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<Cell> = cells.into_iter().collect();
        for (width, cell) in self.widths.iter_mut().zip(&cells) {
            *width = (*width).max(cell.text.chars().count());
        }
        self.rows.push(cells);
    }

    /// Takes the rows so far out as text, each line indented by two columns.
    pub(crate) fn take(&mut self, printer: &Printer) -> String {
        let rows = std::mem::take(&mut self.rows);
        rows.iter().map(|row| self.line(row, printer)).collect()
    }

    fn line(&self, cells: &[Cell], printer: &Printer) -> String {
        let mut line = String::from(" ");
        let mut n_used = 1;
        let last = cells.len().saturating_sub(1);
        for (index, cell) in cells.iter().enumerate() {
            let n = cell.text.chars().count();
            let gap = " ".repeat(self.widths[index].saturating_sub(n));
            let room = printer.width().map(|it| it.saturating_sub(n_used + 1));
            line.push(' ');
            if index == last && self.sides[index] == Side::Left {
                let indent = format!("\n{}", " ".repeat(n_used + 1));
                let parts = text::wrapped(&cell.text, room.map(|it| it.max(MIN_WRAPPED)));
                let parts: Vec<_> = parts
                    .iter()
                    .map(|it| printer.tinted(cell.tone, it))
                    .collect();
                line.push_str(&parts.join(&indent));
            } else if self.sides[index] == Side::Left {
                line.push_str(&printer.tinted(cell.tone, &cell.text));
                line.push_str(&gap);
            } else {
                line.push_str(&gap);
                line.push_str(&printer.tinted(cell.tone, &cell.text));
            }
            line.push(' ');
            n_used += 2 + self.widths[index];
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_have_no_trailing_space() {
        let mut table = Table::new(&[("name", Side::Left), ("n", Side::Right), ("", Side::Left)]);
        table.row(["a\x1b".into(), "1".into(), "".into()]);
        table.row(["longer".into(), "1,000".into(), "x y".into()]);
        let text = table.take(&Printer::new());
        insta::assert_snapshot!(text, @"
        name        n
        a�          1
        longer  1,000  x y
        ");
    }
}
