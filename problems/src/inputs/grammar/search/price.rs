//! Prices of what a layout is made of, in hundredths of a value: more for what is seldom meant.

pub(super) const LINE: u32 = 30;
/// What a line that was read is worth, when it is chosen what to look at first.
pub(super) const LINE_READ: u32 = 110;
/// A layout that dear above another that read as much is given up.
pub(super) const MARGIN: u32 = 200;
pub(super) const FIELD: u32 = 80;
pub(super) const LIST: u32 = 90;
pub(super) const REPEAT: u32 = 70;
pub(super) const FREE: u32 = 800;
pub(super) const TEXT: u32 = 600;
pub(super) const TO_END: u32 = 1000;
/// That much less where the statement speaks of cases or of the end of the input.
pub(super) const CASES_STATED: u32 = 700;
/// Cases without a count begin where the input does.
pub(super) const TO_END_LATE: u32 = 300;
pub(super) const UNTIL: u32 = 180;
/// A number that does not stand alone on its line and counts.
pub(super) const NOT_ALONE: u32 = 30;
/// A number that counts already.
pub(super) const COUNTS_ALREADY: u32 = 5;
pub(super) const RARE_WITH_WORDS: u32 = 200;
/// Forms up to here are common enough for lines.
pub(super) const COMMON: u32 = 165;
pub(super) const RARE_CASES: u32 = 150;
pub(super) const RARE_LINES: u32 = 250;
pub(super) const SHORT: u32 = 80;
/// What the statement speaks of is that much cheaper.
pub(super) const STATED: u32 = 130;
pub(super) const LIST_STATED: u32 = 15;
/// A number that already counts what this stands in.
pub(super) const COUNTS_OUTSIDE: u32 = 80;
