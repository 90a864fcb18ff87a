//! The variables of a script.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::number::Value;
use super::run::{OPERATION, Outcome, Run, Stop};
use super::syntax::Variable;

/// Bytes of all variables together.
const MAX_STORED_BYTES: u64 = 512 << 20;
/// What an element of a variable takes beside its value, in bytes.
const ELEMENT_BYTES: u64 = 160;

/// A variable: its elements by index, the empty one for the variable itself.
#[derive(Default)]
pub(super) struct Array {
    pub(super) elements: BTreeMap<Vec<BigInt>, Value>,
    /// How often each value occurs; counted from the first time that it is asked for.
    counts: Option<BTreeMap<Value, u64>>,
}

impl Run<'_> {
    /// Says whether the tuples of several variables at the same places differ; that the places are the same is a
    /// matter of the input.
    pub(super) fn unique(&mut self, ids: &[usize]) -> Outcome<bool> {
        for &id in ids {
            self.charge_for_all(id)?;
            self.defined(id)?;
        }
        let mut tuples: Vec<Vec<&Value>> = Vec::new();
        let first = &self.variables[ids[0]].elements;
        for (index, value) in first {
            let mut tuple = vec![value];
            for &id in &ids[1..] {
                let elements = &self.variables[id].elements;
                let other = elements
                    .get(index)
                    .filter(|_| elements.len() == first.len());
                let Some(other) = other else {
                    let names = [ids[0], id].map(|it| &self.script.names[it]);
                    let [a, b] = names;
                    let message = format!("`UNIQUE`: `{a}` and `{b}` have different indices");
                    return Err(Stop::Refused(message));
                };
                tuple.push(other);
            }
            tuples.push(tuple);
        }
        tuples.sort_unstable();
        Ok(tuples.windows(2).all(|it| it[0] != it[1]))
    }

    pub(super) fn occurs(&mut self, value: &Value, id: usize) -> Outcome<bool> {
        self.defined(id)?;
        if self.variables[id].counts.is_none() {
            self.charge_for_all(id)?;
            let bytes: u64 = self.variables[id].elements.values().map(stored_bytes).sum();
            self.store(bytes)?;
            let array = &mut self.variables[id];
            let mut counts = BTreeMap::new();
            for value in array.elements.values() {
                *counts.entry(value.clone()).or_insert(0) += 1;
            }
            array.counts = Some(counts);
        }
        let counts = self.variables[id].counts.as_ref();
        Ok(counts.is_some_and(|it| it.contains_key(value)))
    }

    pub(super) fn charge_for_all(&mut self, id: usize) -> Outcome<()> {
        let n = self.variables[id].elements.len() as u64;
        let depth = u64::from(64 - n.leading_zeros());
        self.charge(n * (OPERATION + 10 * depth))
    }

    pub(super) fn defined(&self, id: usize) -> Outcome<()> {
        if self.variables[id].elements.is_empty() {
            return Err(format!("`{}` has no value", self.script.names[id]).into());
        }
        Ok(())
    }

    pub(super) fn set_if_named(&mut self, name: Option<&Variable>, value: Value) -> Outcome<()> {
        match name {
            Some(variable) => self.set(variable, value),
            None => Ok(()),
        }
    }

    pub(super) fn set(&mut self, variable: &Variable, value: Value) -> Outcome<()> {
        let index = self.index(variable)?;
        let index_bytes: u64 = index.iter().map(|it| 32 + it.bits() / 8).sum();
        let n_new = 1 + u64::from(self.variables[variable.id].counts.is_some());
        self.store(n_new * stored_bytes(&value) + index_bytes)?;
        let array = &mut self.variables[variable.id];
        if let Some(counts) = &mut array.counts {
            *counts.entry(value.clone()).or_insert(0) += 1;
        }
        let Some(old) = array.elements.insert(index, value) else {
            return Ok(());
        };
        if let Some(counts) = &mut array.counts
            && let Some(count) = counts.get_mut(&old)
        {
            *count -= 1;
            if *count == 0 {
                counts.remove(&old);
            }
        }
        let bytes = n_new * stored_bytes(&old) + index_bytes;
        self.stored_bytes = self.stored_bytes.saturating_sub(bytes);
        Ok(())
    }

    pub(super) fn unset(&mut self, id: usize) {
        let array = std::mem::take(&mut self.variables[id]);
        let n_each = 1 + u64::from(array.counts.is_some());
        for (index, value) in &array.elements {
            let index_bytes: u64 = index.iter().map(|it| 32 + it.bits() / 8).sum();
            let bytes = n_each * stored_bytes(value) + index_bytes;
            self.stored_bytes = self.stored_bytes.saturating_sub(bytes);
        }
    }

    pub(super) fn store(&mut self, bytes: u64) -> Outcome<()> {
        self.stored_bytes += bytes;
        if self.stored_bytes > MAX_STORED_BYTES {
            return Err(format!("variables have more than {MAX_STORED_BYTES} bytes").into());
        }
        Ok(())
    }
}

fn stored_bytes(value: &Value) -> u64 {
    ELEMENT_BYTES + 8 * value.n_words()
}
