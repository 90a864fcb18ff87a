//! What one execution is given, and what is common to running any guest.

use std::sync::Arc;

use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

use super::{
    YIELD_INTERVAL_FUEL,
    clock::FuelClock,
    drive::{Cancel, drive},
    meter::Meter,
    stdio::{Overflow, Sink},
};
use crate::{Ending, Limits, SandboxError};

/// What one execution is given.
pub(crate) struct Invocation<'a> {
    /// Standard input.
    pub(crate) input: Arc<[u8]>,
    pub(crate) limits: &'a Limits,
    /// The rate of the guest's clocks.
    pub(crate) fuel_per_second: u64,
    /// The seed of the guest's randomness.
    pub(crate) seed: u64,
    pub(crate) cancel: &'a Cancel,
}

/// The output streams of one execution.
pub(super) struct Outputs {
    pub(super) stdout: Sink,
    pub(super) stderr: Sink,
}

/// A store's data, as far as every kind of guest needs it.
pub(super) trait Host: Send + 'static {
    fn meter(&mut self) -> &mut Meter;
}

impl Invocation<'_> {
    pub(super) fn outputs(&self) -> Outputs {
        Outputs {
            stdout: Sink::new(self.limits.stdout_bytes, Overflow::EndsGuest),
            stderr: Sink::new(self.limits.stderr_bytes, Overflow::IsDropped),
        }
    }

    pub(super) fn clock(&self) -> FuelClock {
        FuelClock {
            fuel: self.limits.fuel,
            fuel_per_second: self.fuel_per_second,
        }
    }

    /// Makes a store with a full tank that yields at each interval.
    pub(super) fn store<T: Host>(
        &self,
        engine: &wasmtime::Engine,
        host: T,
    ) -> Result<Store<T>, SandboxError> {
        let mut store = Store::new(engine, host);
        store.limiter(|host| host.meter());
        store
            .set_fuel(self.limits.fuel)
            .and_then(|()| store.fuel_async_yield_interval(Some(YIELD_INTERVAL_FUEL)))
            .map_err(|error| SandboxError::runtime("set the fuel of an execution", error))?;
        Ok(store)
    }

    /// Runs a guest's future to its end; the inner `Err` is any ending but a return.
    pub(super) fn drive<T>(
        &self,
        guest: impl Future<Output = wasmtime::Result<T>>,
    ) -> Option<wasmtime::Result<T>> {
        drive(guest, self.limits.wall_time, self.cancel)
    }

    /// Returns the fuel that an execution consumed.
    pub(super) fn fuel_used<T>(&self, store: &Store<T>) -> u64 {
        self.limits.fuel - store.get_fuel().unwrap_or(0)
    }
}

/// Sorts a guest's result into what it returned and how else it ended.
pub(super) fn sort<T>(
    result: Option<wasmtime::Result<T>>,
    outputs: &Outputs,
    meter: &Meter,
) -> Result<Result<T, Ending>, SandboxError> {
    match result {
        None => Ok(Err(Ending::Backstop)),
        Some(Ok(returned)) => Ok(Ok(returned)),
        Some(Err(error)) => ending(&error, &outputs.stdout, meter).map(Err),
    }
}

/// Tells how a guest ended from the error that ended it, or that the fault is ours.
fn ending(error: &wasmtime::Error, stdout: &Sink, meter: &Meter) -> Result<Ending, SandboxError> {
    if let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        return Ok(match code {
            0 => Ending::Ok,
            code => Ending::Exit(*code),
        });
    }
    if stdout.exceeded() {
        return Ok(Ending::Output);
    }
    if meter.exceeded() {
        return Ok(Ending::Memory);
    }
    if error.is::<wasmtime::PoolConcurrencyLimitError>() {
        return Err(SandboxError::Runtime {
            action: "find a free slot for an execution".to_owned(),
            source: format!("{error:#}").into(),
        });
    }
    Ok(match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Ending::Fuel,
        Some(trap) => {
            let text = trap.to_string();
            Ending::Trap(text.trim_start_matches("wasm trap: ").to_owned())
        }
        None => Ending::Trap(error.root_cause().to_string()),
    })
}
