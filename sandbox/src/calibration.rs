//! What a second is in fuel.
//!
//! One constant a language: the fuel that its guests consume in the time in which the same program,
//! built natively as judges do (`-O2`; `go build`; CPython), runs for one second. A problem's time limit becomes
//! fuel by it, and a guest's clock runs by it. What an operator costs, `runtime/costs.rs` says; how both were got is
//! in `docs/calibration.md`.

use std::time::Duration;

use crate::Language;

/// Fuel of one native second of C and C++. Between programs it varies from 9 to 914 billion, with a median of 106; a
/// contest limit has room to spare, so the constant lies above the median, as all of them do.
pub(crate) const NATIVE_FUEL_PER_SECOND: u64 = 160_000_000_000;

/// Fuel of one second of Rust: from 61 to 349 billion.
const RUST_FUEL_PER_SECOND: u64 = 340_000_000_000;

/// Fuel of one second of Go: from 144 to 395 billion. Its code for wasm is further from its native code than clang's.
const GO_FUEL_PER_SECOND: u64 = 380_000_000_000;

/// Fuel of one second of CPython: from 38 to 260 billion.
pub(crate) const PYTHON_FUEL_PER_SECOND: u64 = 180_000_000_000;

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
                Language::Rust => RUST_FUEL_PER_SECOND,
                Language::C | Language::Cpp | Language::Wasm => NATIVE_FUEL_PER_SECOND,
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
    use crate::CostClass;

    #[test]
    fn a_time_reads_back_from_its_fuel() {
        for language in Language::ALL {
            let calibration = Calibration::of(language);
            let time = Duration::from_millis(1500);
            assert_eq!(calibration.time_of(calibration.fuel_of(time)), time);
        }
    }

    /// The measured programs of a language: each column's name with its value.
    fn measured(csv: &str) -> Vec<Vec<(&str, &str)>> {
        let mut lines = csv.lines();
        let names = lines.next().expect("a line of names");
        let row = |line| names.split(',').zip(str::split(line, ',')).collect();
        lines.map(row).collect()
    }

    fn field(row: &[(&str, &str)], name: &str) -> f64 {
        let value = row.iter().find(|(it, _)| *it == name).expect("a column").1;
        value.parse().expect("a number")
    }

    /// The fuel of a native second that [`SHARE`] of the programs stay below, in steps of [`STEP`].
    fn constant(csv: &str) -> u64 {
        let rate = |row: &Vec<_>| field(row, "fuel") / field(row, "native_seconds");
        let mut rates: Vec<f64> = measured(csv).iter().map(rate).collect();
        rates.sort_by(f64::total_cmp);
        let rate = rates[rates.len() * SHARE.0 / SHARE.1];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of some hundred billions"
        )]
        let fuel = ((rate / STEP).round() * STEP) as u64;
        fuel
    }

    const SHARE: (usize, usize) = (2, 3);
    const STEP: f64 = 10e9;
    const CPP: &str = include_str!("../../benches/runs/2026-11-25-executions/fuel-cpp.csv");
    const PYTHON: &str = include_str!("../../benches/runs/2026-11-25-executions/fuel-python.csv");
    const GO: &str = include_str!("../../benches/runs/2026-11-25-executions/fuel-go.csv");
    const RUST: &str = include_str!("../../benches/runs/2026-11-25-executions/fuel-rust.csv");

    #[test]
    fn the_constants_are_what_the_recorded_programs_give() {
        assert_eq!(constant(CPP), NATIVE_FUEL_PER_SECOND);
        assert_eq!(constant(PYTHON), PYTHON_FUEL_PER_SECOND);
        assert_eq!(constant(GO), GO_FUEL_PER_SECOND);
        assert_eq!(constant(RUST), RUST_FUEL_PER_SECOND);
    }

    #[test]
    fn the_recorded_fuel_is_of_this_table_of_costs() {
        for row in measured(CPP) {
            let classes = CostClass::ALL.iter().filter(|it| it.weight() > 0);
            let cost = |it: &CostClass| f64::from(it.weight()) * field(&row, it.name());
            let fuel = field(&row, "base") + classes.map(cost).sum::<f64>();
            let recorded = field(&row, "fuel");
            assert!((fuel / recorded - 1.0).abs() < 1e-4, "{row:?}: {fuel}");
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
