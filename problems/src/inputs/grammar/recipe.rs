//! The recipes of generated inputs, and the order in which they are used.
//!
//! The first few dozen inputs have to tell wrong programs from right ones: small numbers in small
//! lists, where values collide and edge cases are common, between corners; large ones come later.

use std::fmt;

use super::super::dice::Dice;

/// How an input was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum How {
    /// Few values of a small range.
    Small,
    /// Some dozens of values.
    Medium,
    /// Few values of all sizes.
    Wide,
    /// A corner of what is allowed.
    Corner(Corner),
    /// Counts set to this number, or as near to it as they may be.
    Scaled(u64),
}

/// A corner of what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Corner {
    /// Every count is as small as it may be.
    Fewest,
    /// Every count is 1.
    One,
    /// The values of each list are equal.
    AllEqual,
    /// The values of each list are sorted.
    Sorted,
    /// The values of each list are sorted, largest first.
    Reversed,
    /// There are two different values at most, neighbours.
    TwoValues,
    /// Values are as large as they may be.
    Largest,
    /// Values are as small as they may be.
    Smallest,
    /// Values are near the ends of 32-bit integers, or at the end of their range.
    Overflow,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small => f.write_str("grammar, small random"),
            Self::Medium => f.write_str("grammar, medium random"),
            Self::Wide => f.write_str("grammar, small with a wide range"),
            Self::Corner(corner) => write!(f, "grammar, corner: {corner}"),
            Self::Scaled(size) => write!(f, "grammar, scaled to {size}"),
        }
    }
}

impl fmt::Display for Corner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fewest => "fewest",
            Self::One => "counts of 1",
            Self::AllEqual => "all equal",
            Self::Sorted => "sorted",
            Self::Reversed => "reversed",
            Self::TwoValues => "two values",
            Self::Largest => "largest values",
            Self::Smallest => "smallest values",
            Self::Overflow => "near overflow",
        })
    }
}

/// How counts are chosen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counts {
    Least,
    /// At random, up to this many.
    UpTo(i128),
    /// This many, or as near as it may be.
    Exactly(i128),
}

/// How values are chosen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Values {
    /// From so many neighbours at the low end, or around 0.
    Spread(i128),
    /// Any length of number alike.
    AnyLength,
    /// From all that is allowed.
    Full,
    Equal,
    Sorted(i128),
    Reversed(i128),
    Largest,
    Smallest,
    Overflow,
}

/// How one input is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub(super) how: How,
    pub(super) counts: Counts,
    /// Of counts that other counts stand under: how many cases there are.
    pub(super) cases: Counts,
    pub(super) values: Values,
}

impl Recipe {
    fn new(how: How, counts: Counts, cases: i128, values: Values) -> Self {
        Self {
            how,
            counts,
            cases: Counts::UpTo(cases),
            values,
        }
    }

    /// All counts near one number, and one case.
    pub(super) fn scaled(size: u64) -> Self {
        Self {
            how: How::Scaled(size),
            counts: Counts::Exactly(i128::from(size)),
            cases: Counts::Exactly(1),
            values: Values::Full,
        }
    }

    /// Returns the recipe of the input at this place.
    ///
    /// Each try after the first that came to nothing new has more room.
    pub(super) fn at(place: usize, attempt: usize, dice: &mut Dice) -> Self {
        let room = 1 + attempt as i128 / 2;
        let corner = |corner, counts, values| {
            Self::new(How::Corner(corner), Counts::UpTo(counts * room), 4, values)
        };
        let small = |counts: i128, spread: i128| {
            let values = Values::Spread(spread * room * room);
            Self::new(How::Small, Counts::UpTo(counts * room), 8, values)
        };
        // The opening, then turns of a wheel.
        let turn = if place < OPENING {
            place
        } else {
            OPENING + (place - OPENING) % WHEEL
        };
        match turn {
            0 => small(4, 3),
            1 => Self {
                counts: Counts::Least,
                ..corner(Corner::Fewest, 1, Values::Spread(4 * room * room))
            },
            2 => small(5, 5),
            3 => Self {
                counts: Counts::Exactly(room),
                ..corner(Corner::One, 1, Values::Spread(10 * room * room))
            },
            4 => small(3, 2),
            5 => corner(Corner::AllEqual, 6, Values::Equal),
            6 => small(6, 10),
            7 => corner(Corner::Sorted, 7, Values::Sorted(12 * room)),
            8 => corner(Corner::Reversed, 7, Values::Reversed(12 * room)),
            9 => small(8, 4),
            10 => corner(Corner::TwoValues, 8, Values::Spread(2)),
            11 => corner(Corner::Largest, 4, Values::Largest),
            12 => small(5, 20),
            13 => Self::new(How::Wide, Counts::UpTo(4 * room), 4, Values::AnyLength),
            14 => corner(Corner::Smallest, 5, Values::Smallest),
            15 => corner(Corner::Overflow, 5, Values::Overflow),
            16 => small(10, 6),
            17 => Self::new(
                How::Medium,
                Counts::UpTo(20 * room),
                6,
                Values::Spread(20 * room),
            ),
            18 => Self::new(How::Wide, Counts::UpTo(6 * room), 4, Values::Full),
            19 => small(4, 8),
            // The wheel.
            20 | 23 | 26 | 29 => {
                let counts = dice.between_wide(2, 6);
                let spread = dice.between_wide(1, 5);
                small(counts, spread)
            }
            21 | 25 | 28 => {
                let counts = dice.between_wide(3, 10);
                let spread = dice.between_wide(3, 30);
                small(counts, spread)
            }
            22 => Self::new(How::Wide, Counts::UpTo(5 * room), 4, Values::AnyLength),
            24 => Self::new(
                How::Medium,
                Counts::UpTo(30 * room),
                5,
                Values::Spread(100 * room),
            ),
            27 => {
                let corners = [
                    corner(Corner::AllEqual, 9, Values::Equal),
                    corner(Corner::Sorted, 12, Values::Sorted(20 * room)),
                    corner(Corner::Reversed, 12, Values::Reversed(20 * room)),
                    corner(Corner::TwoValues, 16, Values::Spread(2)),
                    corner(Corner::Largest, 8, Values::Largest),
                    corner(Corner::Overflow, 8, Values::Overflow),
                ];
                *dice.pick(&corners)
            }
            _ => Self::new(How::Medium, Counts::UpTo(60 * room), 5, Values::Full),
        }
    }
}

/// How many inputs have a recipe of their own.
const OPENING: usize = 20;
/// After how many more the recipes come again.
const WHEEL: usize = 11;
