//! Small formulas over names or numbers read before: counts and limits.
//!
//! What a name stands for is not known here; the caller says.

use std::fmt;

/// The highest power that is worked out.
const MAX_POWER: i128 = 2000;

/// A formula over variables of kind `V`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr<V> {
    Number(i128),
    Var(V),
    /// An operation: `+`, `-`, `*`, `/` (rounded towards zero) or `^`.
    Op(char, Box<Self>, Box<Self>),
}

impl<V: Clone> Expr<V> {
    pub(super) fn op(op: char, left: Self, right: Self) -> Self {
        Self::Op(op, Box::new(left), Box::new(right))
    }

    /// Returns `self + by`, written with the sign that a person would write.
    pub(super) fn plus(self, by: i128) -> Self {
        match (self, by) {
            (it, 0) => it,
            (Self::Number(value), _) => Self::Number(value.saturating_add(by)),
            (it, _) if by < 0 => Self::op('-', it, Self::Number(by.saturating_neg())),
            (it, _) => Self::op('+', it, Self::Number(by)),
        }
    }

    /// Works the formula out; `None` where a variable has no value or a step overflows.
    pub(super) fn value(&self, of: &impl Fn(&V) -> Option<i128>) -> Option<i128> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Var(var) => of(var),
            Self::Op(op, left, right) => {
                let (left, right) = (left.value(of)?, right.value(of)?);
                match op {
                    '+' => left.checked_add(right),
                    '-' => left.checked_sub(right),
                    '*' => left.checked_mul(right),
                    '/' => left.checked_div(right),
                    _ if (0..=MAX_POWER).contains(&right) => {
                        left.checked_pow(u32::try_from(right).ok()?)
                    }
                    _ => None,
                }
            }
        }
    }

    pub(super) fn constant(&self) -> Option<i128> {
        self.value(&|_| None)
    }

    /// Puts other variables in; `None` where one has no counterpart.
    pub(super) fn map<W: Clone>(&self, by: &impl Fn(&V) -> Option<W>) -> Option<Expr<W>> {
        Some(match self {
            Self::Number(value) => Expr::Number(*value),
            Self::Var(var) => Expr::Var(by(var)?),
            Self::Op(op, left, right) => Expr::op(*op, left.map(by)?, right.map(by)?),
        })
    }

    pub(super) fn vars(&self) -> Vec<V> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Var(var) => vec![var.clone()],
            Self::Op(_, left, right) => {
                let mut vars = left.vars();
                vars.extend(right.vars());
                vars
            }
        }
    }

    /// Writes the formula with names of the caller's.
    pub(super) fn write(
        &self,
        f: &mut impl fmt::Write,
        name: &impl Fn(&V) -> String,
    ) -> fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Var(var) => f.write_str(&name(var)),
            Self::Op(op, left, right) => {
                left.write_inside(f, name, *op)?;
                f.write_char(*op)?;
                right.write_inside(f, name, *op)
            }
        }
    }

    fn write_inside(
        &self,
        f: &mut impl fmt::Write,
        name: &impl Fn(&V) -> String,
        outside: char,
    ) -> fmt::Result {
        let needs_brackets = match self {
            Self::Op(op, ..) => matches!(op, '+' | '-') || outside == '^' || *op != outside,
            _ => false,
        };
        if needs_brackets {
            f.write_char('(')?;
        }
        self.write(f, name)?;
        if needs_brackets {
            f.write_char(')')?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_worked_out_and_written() {
        let n = || Expr::Var('n');
        let half = Expr::op('/', Expr::op('*', n(), n().plus(-1)), Expr::Number(2));
        let mut text = String::new();
        half.write(&mut text, &char::to_string).unwrap();
        assert_eq!(text, "(n*(n-1))/2");
        assert_eq!(half.value(&|_| Some(5)), Some(10));
        assert_eq!(half.value(&|_| Some(i128::MAX)), None);
        assert_eq!(half.constant(), None);
        assert_eq!(half.vars(), ['n', 'n']);
    }

    #[test]
    fn powers_are_bounded() {
        let power = |exponent| Expr::<char>::op('^', Expr::Number(10), Expr::Number(exponent));
        assert_eq!(power(18).constant(), Some(10i128.pow(18)));
        assert_eq!(power(1000).constant(), None);
        assert_eq!(power(-1).constant(), None);
    }
}
