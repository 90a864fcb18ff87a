//! Counting and bounding the memory of one execution.
//!
//! Does not know why there is a bound; a growth past it ends the guest, since a contest program that
//! is refused memory has no second plan.

use wasmtime::ResourceLimiter;

/// Elements that all tables of a guest may have together.
const MAX_TABLE_ELEMENTS: usize = 1_000_000;

/// The memory account of one store.
#[derive(Debug)]
pub(crate) struct Meter {
    limit_bytes: u64,
    used_bytes: u64,
    peak_bytes: u64,
    exceeded: bool,
}

/// The guest asked for more memory than it may have.
#[derive(Debug, thiserror::Error)]
#[error("guest asked for {asked_bytes} bytes of memory: the limit is {limit_bytes}")]
pub(crate) struct MemoryExceeded {
    asked_bytes: u64,
    limit_bytes: u64,
}

impl Meter {
    pub(crate) fn new(limit_bytes: u64) -> Self {
        Self {
            limit_bytes,
            used_bytes: 0,
            peak_bytes: 0,
            exceeded: false,
        }
    }

    /// Returns true once a growth was refused.
    pub(crate) fn exceeded(&self) -> bool {
        self.exceeded
    }

    pub(crate) fn peak_bytes(&self) -> u64 {
        self.peak_bytes
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Beyond the module's own maximum, `memory.grow` answers -1, as everywhere.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let grown = (desired as u64).saturating_sub(current as u64);
        let asked_bytes = self.used_bytes.saturating_add(grown);
        if asked_bytes > self.limit_bytes {
            self.exceeded = true;
            return Err(MemoryExceeded {
                asked_bytes,
                limit_bytes: self.limit_bytes,
            }
            .into());
        }
        self.used_bytes = asked_bytes;
        self.peak_bytes = self.peak_bytes.max(asked_bytes);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_summed_over_memories() {
        let mut meter = Meter::new(100);
        assert!(meter.memory_growing(0, 40, None).expect("within"));
        assert!(meter.memory_growing(0, 60, None).expect("within"));
        assert_eq!(meter.peak_bytes(), 100);
        assert!(meter.memory_growing(60, 61, None).is_err());
        assert!(meter.exceeded());
    }

    #[test]
    fn growth_past_the_modules_own_maximum_is_refused_and_not_a_fault() {
        let mut meter = Meter::new(100);
        assert!(!meter.memory_growing(0, 50, Some(40)).expect("no fault"));
        assert!(!meter.exceeded());
    }
}
