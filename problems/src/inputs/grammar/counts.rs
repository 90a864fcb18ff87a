//! The counts that can be made of numbers read before: `n`, `n-1`, `n*m` and the like.
//!
//! What they count is not known here.

use super::expr::Expr;
use super::layout::{Count, Env, Slot};
use super::search::State;

/// Of how many numbers read before counts are made, nearest last.
const MAX_COUNTERS: usize = 8;

/// A formula of counters, before it is written out.
#[derive(Clone, Copy)]
enum Form {
    /// `(times * n + plus) `
    Linear(Slot, i128, i128),
    Square(Slot),
    Cube(Slot),
    Half(Slot),
    Product(Slot, Slot),
    Sum(Slot, Slot),
}

impl Form {
    fn value(self, env: &Env) -> Option<i128> {
        match self {
            Self::Linear(slot, times, plus) => {
                env.number(slot)?.checked_mul(times)?.checked_add(plus)
            }
            Self::Square(slot) => env.number(slot)?.checked_pow(2),
            Self::Cube(slot) => env.number(slot)?.checked_pow(3),
            Self::Half(slot) => {
                let n = env.number(slot)?;
                Some(n.checked_mul(n - 1)? / 2)
            }
            Self::Product(left, right) => env.number(left)?.checked_mul(env.number(right)?),
            Self::Sum(left, right) => env.number(left)?.checked_add(env.number(right)?),
        }
    }

    fn count(self) -> Count {
        let var = Expr::Var;
        match self {
            Self::Linear(slot, 1, plus) => var(slot).plus(plus),
            Self::Linear(slot, times, plus) => {
                Expr::op('*', Expr::Number(times), var(slot)).plus(plus)
            }
            Self::Square(slot) => Expr::op('*', var(slot), var(slot)),
            Self::Cube(slot) => Expr::op('^', var(slot), Expr::Number(3)),
            Self::Half(slot) => {
                let all = Expr::op('*', var(slot), var(slot).plus(-1));
                Expr::op('/', all, Expr::Number(2))
            }
            Self::Product(left, right) => Expr::op('*', var(left), var(right)),
            Self::Sum(left, right) => Expr::op('+', var(left), var(right)),
        }
    }
}

/// The counts that can be made of what was read, with their prices and their value at each cursor,
/// where `is_wanted` takes these.
pub(super) fn counts(
    state: &State,
    is_wanted: impl Fn(usize, i128) -> bool,
) -> Vec<(Count, u32, Vec<i128>)> {
    let first = state.counters.len().saturating_sub(MAX_COUNTERS);
    let counters = &state.counters[first..];
    // What is repeated says its own counts, in plain forms.
    let is_plain = state.depth > 0;
    let mut found = Vec::new();
    let mut consider = |form: Form, price: u32| {
        let mut values = Vec::with_capacity(state.cursors.len());
        for (place, cursor) in state.cursors.iter().enumerate() {
            match form.value(&cursor.env) {
                Some(value) if is_wanted(place, value) => values.push(value),
                _ => return,
            }
        }
        found.push((form.count(), price, values));
    };
    for (place, counter) in counters.iter().enumerate() {
        let slot = counter.slot;
        consider(Form::Linear(slot, 1, 0), counter.price);
        consider(Form::Linear(slot, 1, -1), counter.price + 70);
        if is_plain {
            continue;
        }
        consider(Form::Linear(slot, 1, 1), counter.price + 130);
        for other in &counters[..place] {
            let price = counter.price + other.price;
            consider(Form::Product(other.slot, slot), price + 90);
            consider(Form::Sum(other.slot, slot), price + 200);
        }
        consider(Form::Linear(slot, 2, 0), counter.price + 160);
        consider(Form::Linear(slot, 2, 1), counter.price + 170);
        consider(Form::Linear(slot, 2, -1), counter.price + 200);
        consider(Form::Linear(slot, 1, -2), counter.price + 220);
        consider(Form::Square(slot), counter.price + 150);
        consider(Form::Cube(slot), counter.price + 240);
        consider(Form::Half(slot), counter.price + 200);
    }
    found
}
