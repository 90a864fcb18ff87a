//! Reads formulas out of the symbols of a statement: `2n`, `10^5`, `n(n-1)/2`, `a, b`.
//!
//! What a formula limits is not known here.

use super::expr::Expr;
use super::plain::{Name, Placed, Symbol};

/// How deep formulas nest.
const MAX_DEPTH: usize = 6;

/// A formula over names.
pub(super) type Formula = Expr<Name>;

/// A reader of formulas and chains.
pub(super) struct Reader<'a> {
    pub(super) symbols: &'a [Placed],
    pub(super) at: usize,
    /// Where the formula ends at the latest.
    pub(super) end: usize,
}

impl Reader<'_> {
    pub(super) fn peek(&self) -> Option<&Symbol> {
        self.symbols[..self.end].get(self.at).map(|it| &it.symbol)
    }

    fn mark(&mut self, mark: char) -> bool {
        let is_there = self.peek() == Some(&Symbol::Mark(mark));
        self.at += usize::from(is_there);
        is_there
    }

    /// Reads a formula; `None` where there is none.
    pub(super) fn formula(&mut self) -> Option<Formula> {
        self.sum(MAX_DEPTH)
    }

    fn sum(&mut self, depth: usize) -> Option<Formula> {
        let mut left = self.product(depth)?;
        loop {
            let op = match self.peek() {
                Some(Symbol::Mark(op @ ('+' | '-'))) => *op,
                _ => return Some(left),
            };
            let back = self.at;
            self.at += 1;
            let Some(right) = self.product(depth) else {
                self.at = back;
                return Some(left);
            };
            left = Expr::op(op, left, right);
        }
    }

    fn product(&mut self, depth: usize) -> Option<Formula> {
        let (mut top, mut bottom) = self.power(depth)?;
        loop {
            let back = self.at;
            let divides = match self.peek() {
                Some(Symbol::Mark(op @ ('*' | '/'))) => {
                    let divides = *op == '/';
                    self.at += 1;
                    divides
                }
                // `2n` and `n(n-1)`, but not `2 integers` nor `n (1 ≤ …)`.
                Some(Symbol::Name(_) | Symbol::Mark('(')) if self.symbols[self.at].is_glued => {
                    false
                }
                _ => break,
            };
            let Some((factor, below)) = self.power(depth) else {
                self.at = back;
                break;
            };
            let (factor, below) = if divides {
                (below.unwrap_or(Expr::Number(1)), Some(factor))
            } else {
                (factor, below)
            };
            if factor != Expr::Number(1) {
                top = Expr::op('*', top, factor);
            }
            bottom = match (bottom, below) {
                (Some(left), Some(right)) => Some(Expr::op('*', left, right)),
                (left, right) => left.or(right),
            };
        }
        Some(match bottom {
            Some(bottom) => Expr::op('/', top, bottom),
            None => top,
        })
    }

    /// A power, as a fraction: `1.5` is `15` over `10`.
    fn power(&mut self, depth: usize) -> Option<(Formula, Option<Formula>)> {
        let (top, bottom) = self.atom(depth)?;
        let back = self.at;
        if self.mark('^') {
            match self.atom(depth) {
                Some((exponent, None)) => return Some((Expr::op('^', top, exponent), bottom)),
                _ => self.at = back,
            }
        }
        Some((top, bottom))
    }

    fn atom(&mut self, depth: usize) -> Option<(Formula, Option<Formula>)> {
        if depth == 0 {
            return None;
        }
        let symbol = self.peek()?.clone();
        self.at += 1;
        let formula = match symbol {
            Symbol::Number(value) => Expr::Number(value),
            Symbol::Decimal(value, places) => {
                let bottom = Expr::Number(10i128.checked_pow(places)?);
                return Some((Expr::Number(value), Some(bottom)));
            }
            Symbol::Name(name) => Expr::Var(name),
            Symbol::Mark('-') => match self.power(depth - 1)? {
                (Expr::Number(value), bottom) => return Some((Expr::Number(-value), bottom)),
                (formula, bottom) => {
                    return Some((Expr::op('-', Expr::Number(0), formula), bottom));
                }
            },
            Symbol::Mark('(') => {
                let inside = self.sum(depth - 1)?;
                if !self.mark(')') {
                    return None;
                }
                inside
            }
            Symbol::Mark('|') => {
                let Some(Symbol::Name(name)) = self.peek().cloned() else {
                    return None;
                };
                self.at += 1;
                if !self.mark('|') {
                    return None;
                }
                Expr::Var(size_of(name))
            }
            _ => return None,
        };
        Some((formula, None))
    }

    /// Formulas between two relations: `n, m`, also `a_1, …, a_n` and `n and m`.
    pub(super) fn side(&mut self) -> Option<Vec<Formula>> {
        let mut side = vec![self.sum(MAX_DEPTH)?];
        loop {
            let back = self.at;
            let mut is_separated = false;
            loop {
                match self.peek() {
                    Some(Symbol::Mark(',') | Symbol::Dots) => {}
                    Some(Symbol::Word(word))
                        if matches!(word.as_str(), "and" | "och" | "и" | "y" | "und") => {}
                    _ => break,
                }
                is_separated = true;
                self.at += 1;
            }
            match self.sum(MAX_DEPTH) {
                Some(formula) if is_separated => side.push(formula),
                _ => {
                    self.at = back;
                    return Some(side);
                }
            }
        }
    }
}

/// The name of the size of what a name stands for.
fn size_of(name: Name) -> Name {
    Name {
        base: format!("|{}|", name.base),
        sub: name.sub,
    }
}
