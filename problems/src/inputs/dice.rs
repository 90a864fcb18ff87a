//! Choices by seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of choices that is the same on every machine and under every version of `rand`, whose
/// own ranges are not promised to stay.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self::named("riddle problems inputs mutate v1", seed)
    }

    /// The key is named, so that another use of the same seed does not move these choices.
    pub(super) fn named(name: &'static str, seed: u64) -> Self {
        let mut key = blake3::Hasher::new_derive_key(name);
        key.update(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(*key.finalize().as_bytes()))
    }

    /// Returns a number below `n`, which is not 0. The bias is below `n / 2^64`.
    fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(wide >> 64).expect("the upper half of a product")
    }

    pub(super) fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).expect("below a usize")
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(super) fn sign(&mut self) -> i64 {
        if self.one_in(2) { -1 } else { 1 }
    }

    /// Returns a number of `first..=last`.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        let width = last.abs_diff(first) + 1;
        first + i64::try_from(self.below(width)).expect("numbers have at most 18 digits")
    }

    /// Returns a number of `first..=last`, which may be wide. The bias is below `2^-50` for ranges up
    /// to `2^70`.
    pub(super) fn between_wide(&mut self, first: i128, last: i128) -> i128 {
        let width = last.abs_diff(first).saturating_add(1);
        let high = u128::from(self.0.next_u64());
        let low = u128::from(self.0.next_u64());
        let offset = (high << 64 | low) % width;
        first + i128::try_from(offset).expect("no more than the width of the range")
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}
