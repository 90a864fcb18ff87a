//! What values are: kinds, limits, and how they hang together. Data only.

use super::layout::{Count, Slot};

/// What is known of all values of a grammar.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) slots: Vec<SlotFacts>,
    /// Graphs, by the slot of their first column.
    pub(super) graphs: Vec<Graph>,
    /// Inequalities between values: left ≤ right.
    pub(super) checks: Vec<(Count, Count)>,
    /// Pairs of slots whose values differ.
    pub(super) unequal: Vec<(Slot, Slot)>,
    /// Lists after each value of which stands a space, the last included; by slot.
    pub(super) trails: Vec<Slot>,
    /// Limits of a slot summed over all cases.
    pub(super) sums: Vec<(Slot, i128)>,
    /// Whether anything at all is stated about limits: where nothing is, values may go beyond the guesses.
    pub(super) is_stated: bool,
}

/// What is known of the values of one slot.
#[derive(Clone, Debug)]
pub(super) struct SlotFacts {
    /// As the statement calls it, or a letter of ours.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Limits of a number (of a decimal in units of its last place) or of the length of a word. The
    /// largest of the lows and the least of the highs hold.
    pub(super) low: Vec<Bound>,
    pub(super) high: Vec<Bound>,
    pub(super) series: Series,
    /// Whether something is as many as the value says.
    pub(super) is_count: bool,
}

/// What a value is written like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    /// A number with this many digits behind the point; fewer too where the public inputs do so.
    Decimal {
        places: u32,
        is_fixed: bool,
    },
    /// A word of these characters.
    Word {
        alphabet: Vec<u8>,
        source: Source,
        /// Words of the public inputs, one after the other, as far as they are kept.
        seen: Vec<u8>,
        /// Whether it is a long number, and so begins with no zero.
        is_number: bool,
    },
    /// One of the words that were seen.
    Choice(Vec<Vec<u8>>),
}

/// A limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) value: Count,
    pub(super) source: Source,
}

/// Where a fact is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The statement says so.
    Stated,
    /// The public inputs look so.
    Guessed,
}

/// How the values of a list, or of a column, hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Series {
    pub(super) order: Order,
    pub(super) source: Source,
}

/// An order of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Any,
    Distinct,
    /// Each at least as large as the one before.
    Sorted,
    /// Each larger than the one before.
    Increasing,
    /// Each at most as large as the one before.
    Falling,
    /// All numbers from this one on, in some order.
    Permutation(i128),
}

/// Two columns that are the edges of a graph.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of its own"
)]
#[derive(Clone, Debug)]
pub(super) struct Graph {
    pub(super) ends: [Slot; 2],
    /// How many nodes there are.
    pub(super) nodes: Count,
    /// The number of the first node.
    pub(super) base: i128,
    pub(super) is_tree: bool,
    pub(super) is_connected: bool,
    /// Whether no edge stands twice, in either direction.
    pub(super) is_simple: bool,
    /// Whether the first end is the smaller one.
    pub(super) is_ordered: bool,
    pub(super) has_loops: bool,
}

impl SlotFacts {
    pub(super) fn is_integer(&self) -> bool {
        self.kind == Kind::Integer
    }
}
