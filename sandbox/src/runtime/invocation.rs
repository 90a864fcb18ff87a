//! What one execution is given, and what is common to running any guest.

use std::sync::Arc;

use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

use super::{
    YIELD_INTERVAL_FUEL,
    clock::FuelClock,
    drive::{Cancel, drive},
    meter::Meter,
    pipe::Ends,
};
use crate::{Ending, Files, Limits, Request, SandboxError};

/// What one execution is given.
pub(crate) struct Invocation<'a> {
    /// Standard input.
    pub(crate) input: Arc<[u8]>,
    /// The program's name, then its arguments; nothing for a candidate.
    pub(crate) arguments: Arc<[String]>,
    /// The files that it finds, if it may have any.
    pub(crate) files: Option<Files>,
    /// The pipes that stand for standard input and output, if it talks to another guest.
    pub(crate) ends: Option<Ends>,
    pub(crate) limits: &'a Limits,
    /// The rate of the guest's clocks.
    pub(crate) fuel_per_second: u64,
    /// The seed of the guest's randomness.
    pub(crate) seed: u64,
    pub(crate) cancel: &'a Cancel,
}

/// A store's data, as far as every kind of guest needs it.
pub(super) trait Host: Send + 'static {
    fn meter(&mut self) -> &mut Meter;
}

impl<'a> Invocation<'a> {
    pub(crate) fn new(
        request: Request,
        limits: &'a Limits,
        cancel: &'a Cancel,
        fuel_per_second: u64,
        seed: u64,
    ) -> Self {
        Self {
            input: request.input,
            arguments: request.arguments,
            files: request.files,
            ends: None,
            limits,
            fuel_per_second,
            seed,
            cancel,
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
        if store.get_fuel().is_err() {
            return Ok(store); // An engine that counts nothing.
        }
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
        drive(guest, self.limits.backstop, self.cancel)
    }

    /// Returns the fuel that an execution consumed.
    pub(super) fn fuel_used<T>(&self, store: &Store<T>) -> u64 {
        self.limits.fuel - store.get_fuel().unwrap_or(self.limits.fuel)
    }
}

/// Sorts a guest's result into what it returned and how else it ended.
pub(super) fn sort<T>(
    result: Option<wasmtime::Result<T>>,
    output_exceeded: bool,
    meter: &Meter,
) -> Result<Result<T, Ending>, SandboxError> {
    match result {
        None => Ok(Err(Ending::Backstop)),
        Some(Ok(returned)) => Ok(Ok(returned)),
        Some(Err(error)) => ending(&error, output_exceeded, meter).map(Err),
    }
}

/// Tells how a guest ended from the error that ended it, or that the fault is ours.
fn ending(
    error: &wasmtime::Error,
    output_exceeded: bool,
    meter: &Meter,
) -> Result<Ending, SandboxError> {
    if let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        return Ok(match code {
            0 => Ending::Ok,
            code => Ending::Exit(*code),
        });
    }
    if output_exceeded {
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
