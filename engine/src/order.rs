//! Puts what is finished in any order back into the order of its index.
//!
//! Does not know what it holds. How far one may run ahead of another is for whoever fills it to bound.

use std::collections::BTreeMap;

/// What is under way or finished too early, and the index that is due.
#[derive(Debug)]
pub(crate) struct InOrder<T> {
    due: u64,
    /// The lowest index that was not begun yet.
    missing: u64,
    waiting: BTreeMap<u64, Option<T>>,
}

impl<T> InOrder<T> {
    pub(crate) fn new() -> Self {
        Self {
            due: 0,
            missing: 0,
            waiting: BTreeMap::new(),
        }
    }

    /// Returns the lowest index that was not begun yet.
    pub(crate) fn missing(&self) -> u64 {
        self.missing
    }

    /// Returns true if what is to come out next was begun.
    pub(crate) fn is_due_begun(&self) -> bool {
        self.missing > self.due
    }

    /// Returns the number of items that were begun and have not come out.
    pub(crate) fn n_waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Begins an item. Returns false if one of its index was begun before.
    pub(crate) fn begin(&mut self, index: u64) -> bool {
        if index < self.due || self.waiting.contains_key(&index) {
            return false;
        }
        self.waiting.insert(index, None);
        while self.waiting.contains_key(&self.missing) {
            self.missing += 1;
        }
        true
    }

    /// Finishes an item that was begun.
    pub(crate) fn finish(&mut self, index: u64, item: T) {
        let slot = self.waiting.get_mut(&index);
        *slot.expect("an item is begun before it is finished") = Some(item);
    }

    /// Returns the item that is due, if it is finished.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let item = self.waiting.get_mut(&self.due)?.take()?;
        self.waiting.remove(&self.due);
        self.due += 1;
        Some(item)
    }

    /// Returns the finished items that wait for one that will not come, in order.
    pub(crate) fn into_rest(self) -> impl Iterator<Item = T> {
        self.waiting.into_values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everything_comes_out_once_and_in_order(
            items in Just((0..50u64).collect::<Vec<_>>()).prop_shuffle(),
            n_lost in 0..5usize,
        ) {
            let mut order = InOrder::new();
            let mut out = Vec::new();
            for (n_begun, &item) in items[n_lost..].iter().enumerate() {
                prop_assert!(order.begin(item));
                prop_assert!(!order.begin(item));
                order.finish(item, item);
                out.extend(std::iter::from_fn(|| order.pop()));
                let begun = &items[n_lost..=n_lost + n_begun];
                let missing = (0..=50).find(|it| !begun.contains(it));
                prop_assert_eq!(Some(order.missing()), missing);
                prop_assert_eq!(order.is_due_begun(), false);
                prop_assert_eq!(order.n_waiting() + out.len(), begun.len());
                prop_assert!(!order.begin(item));
            }
            out.extend(order.into_rest());
            let mut expected = items[n_lost..].to_vec();
            expected.sort_unstable();
            prop_assert_eq!(out, expected);
        }
    }
}
