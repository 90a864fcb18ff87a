//! The virtual clock and the seeded randomness of a guest.
//!
//! Time is fuel: every clock starts at one fixed instant and advances with the fuel consumed, at the
//! rate at which a problem's seconds are turned into fuel. Sleeping consumes the fuel of the time
//! slept. So a program that watches the clock, or sleeps, does the same on every machine, and still
//! meets its time limit.

use std::time::Duration;

/// The instant at which every guest starts, in seconds since 1970: 2023-11-14 22:13:20 UTC.
pub(crate) const START_SECONDS: u64 = 1_700_000_000;

/// The resolution that the clocks claim, in nanoseconds.
pub(crate) const RESOLUTION_NANOS: u64 = 1_000;

/// How a store's fuel is read as time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FuelClock {
    /// Fuel that the store was given.
    pub(crate) fuel: u64,
    /// Fuel of one second.
    pub(crate) fuel_per_second: u64,
}

impl FuelClock {
    /// Returns the time since the guest's start, given the fuel that is left.
    pub(crate) fn elapsed(self, fuel_left: u64) -> Duration {
        let used = self.fuel.saturating_sub(fuel_left);
        let seconds = used / self.fuel_per_second;
        let rest = u128::from(used % self.fuel_per_second);
        let nanos = rest * 1_000_000_000 / u128::from(self.fuel_per_second);
        Duration::new(seconds, u32::try_from(nanos).unwrap_or(0))
    }

    /// Returns the fuel of a time, at most `u64::MAX`.
    pub(crate) fn fuel_of(self, time: Duration) -> u64 {
        let nanos = time.as_nanos();
        let fuel = nanos.saturating_mul(u128::from(self.fuel_per_second)) / 1_000_000_000;
        u64::try_from(fuel).unwrap_or(u64::MAX)
    }
}

/// A store's data that knows its clock.
pub(crate) trait HasClock {
    fn clock(&self) -> FuelClock;
}

/// An endless stream of seeded bytes.
pub(super) fn random_stream(seed: u64, purpose: &str) -> blake3::OutputReader {
    blake3::Hasher::new_derive_key("riddle 2026-11-22 guest randomness")
        .update(&seed.to_le_bytes())
        .update(purpose.as_bytes())
        .finalize_xof()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: FuelClock = FuelClock {
        fuel: 10_000_000_000,
        fuel_per_second: 4_000_000_000,
    };

    #[test]
    fn time_is_fuel_used() {
        assert_eq!(CLOCK.elapsed(10_000_000_000), Duration::ZERO);
        assert_eq!(CLOCK.elapsed(4_000_000_000), Duration::from_millis(1500));
    }

    #[test]
    fn the_fuel_of_a_time_reads_back() {
        let time = Duration::from_millis(1250);
        assert_eq!(CLOCK.fuel_of(time), 5_000_000_000);
        assert_eq!(CLOCK.fuel_of(Duration::MAX), u64::MAX);
    }
}
