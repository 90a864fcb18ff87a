//! What a second is in fuel.
//!
//! One constant a language: the fuel that its guests consume in the time in which the same program,
//! built natively as judges do (`-O2`; `go build`; CPython), runs for one second. A problem's time limit becomes
//! fuel by it, and a guest's clock runs by it. How the numbers were got is in `docs/calibration.md`.

use std::time::Duration;

use crate::Language;

/// Fuel of one native second, for C and C++. Between programs it varies from 2 to 44 billion, with a
/// median of 16; a contest limit has room to spare, so the constant lies above the median.
pub(crate) const NATIVE_FUEL_PER_SECOND: u64 = 20_000_000_000;

/// Fuel of one second of Go. Between programs it varied from 14 to 62 billion, with a median of 28: its
/// code for wasm is further from its native code than clang's is.
const GO_FUEL_PER_SECOND: u64 = 35_000_000_000;

/// Fuel of one second of CPython, in programs that interpret and do not only read.
pub(crate) const PYTHON_FUEL_PER_SECOND: u64 = 30_000_000_000;

/// Turns time into fuel and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    fuel_per_second: u64,
}

impl Calibration {
    /// Returns the calibration of a language.
    pub fn of(language: Language) -> Self {
        Self {
            fuel_per_second: match language {
                Language::Python => PYTHON_FUEL_PER_SECOND,
                Language::Go => GO_FUEL_PER_SECOND,
                Language::C | Language::Cpp | Language::Rust | Language::Wasm => {
                    NATIVE_FUEL_PER_SECOND
                }
            },
        }
    }

    /// Returns the fuel of one second.
    pub fn fuel_per_second(self) -> u64 {
        self.fuel_per_second
    }

    /// Returns the fuel of a time, at most `u64::MAX`.
    pub fn fuel_of(self, time: Duration) -> u64 {
        let fuel = time
            .as_nanos()
            .saturating_mul(u128::from(self.fuel_per_second))
            / 1_000_000_000;
        u64::try_from(fuel).unwrap_or(u64::MAX)
    }

    /// Returns the native time that some fuel stands for.
    pub fn time_of(self, fuel: u64) -> Duration {
        let nanos = u128::from(fuel) * 1_000_000_000 / u128::from(self.fuel_per_second);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_from_its_fuel() {
        for language in Language::ALL {
            let calibration = Calibration::of(language);
            let time = Duration::from_millis(1500);
            assert_eq!(calibration.time_of(calibration.fuel_of(time)), time);
        }
    }

    #[test]
    fn no_time_is_too_long() {
        assert_eq!(
            Calibration::of(Language::C).fuel_of(Duration::MAX),
            u64::MAX
        );
    }
}
