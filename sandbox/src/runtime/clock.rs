//! The virtual clock and the seeded randomness of a guest.
//!
//! Time is fuel: every clock starts at one fixed instant and advances with the fuel consumed, at the
//! rate at which a problem's seconds are turned into fuel. Sleeping consumes the fuel of the time
//! slept. So a program that watches the clock, or sleeps, does the same on every machine, and still
//! meets its time limit.

use std::time::Duration;

use wasmtime::AsContextMut;
use wasmtime_wasi::{Deterministic, HostMonotonicClock, HostWallClock, WasiCtxBuilder};

/// The instant at which every guest starts, in seconds since 1970: 2023-11-14 22:13:20 UTC.
pub(crate) const START_SECONDS: u64 = 1_700_000_000;

/// The resolution that the clocks claim, in nanoseconds.
pub(crate) const RESOLUTION_NANOS: u64 = 1_000;

/// Bytes of randomness that a component may draw by one call.
const MAX_RANDOM_BYTES: u64 = 64 << 10;

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

/// Sleeps: takes the fuel of `time`. With too little left, the guest runs out of fuel at its next step.
pub(crate) fn sleep<T: HasClock + 'static>(
    mut store: impl AsContextMut<Data = T>,
    time: Duration,
) -> wasmtime::Result<()> {
    let mut store = store.as_context_mut();
    let Ok(left) = store.get_fuel() else {
        return Ok(()); // An engine that counts nothing.
    };
    let cost = store.data().clock().fuel_of(time);
    store.set_fuel(left.saturating_sub(cost))
}

/// Sets what every guest's WASI context has in common: a deterministic world with nothing in it.
///
/// wasmtime-wasi's own clocks are set to stand still: the functions that read them are replaced by
/// ones that read fuel, and a standing clock shows at once where one was forgotten.
pub(crate) fn empty_world(seed: u64) -> WasiCtxBuilder {
    let mut wasi = WasiCtxBuilder::new();
    wasi.wall_clock(StandingClock)
        .monotonic_clock(StandingClock)
        .secure_random(Deterministic::new(random_bytes(seed, "secure")))
        .insecure_random(Deterministic::new(random_bytes(seed, "insecure")))
        .insecure_random_seed(u128::from(seed))
        .max_random_size(MAX_RANDOM_BYTES)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false);
    wasi
}

/// The cycle of bytes that a component draws its randomness from.
fn random_bytes(seed: u64, purpose: &str) -> Vec<u8> {
    /// Length of the cycle: a guest that draws more sees it again.
    const CYCLE_BYTES: usize = 1024;
    let mut bytes = vec![0; CYCLE_BYTES];
    random_stream(seed, purpose).fill(&mut bytes);
    bytes
}

/// An endless stream of seeded bytes.
pub(super) fn random_stream(seed: u64, purpose: &str) -> blake3::OutputReader {
    blake3::Hasher::new_derive_key("riddle 2026-11-22 guest randomness")
        .update(&seed.to_le_bytes())
        .update(purpose.as_bytes())
        .finalize_xof()
}

struct StandingClock;

impl HostWallClock for StandingClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(RESOLUTION_NANOS)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(START_SECONDS)
    }
}

impl HostMonotonicClock for StandingClock {
    fn resolution(&self) -> u64 {
        RESOLUTION_NANOS
    }

    fn now(&self) -> u64 {
        0
    }
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
