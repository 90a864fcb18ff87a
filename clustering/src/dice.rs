//! Choices by seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of choices that is the same on every machine and under every version of `rand`, whose
/// own ranges are not promised to stay.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// `name` is of the use, so that another use of the same seed does not move these choices.
    pub(crate) fn new(name: &[u8; 16], seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..16].copy_from_slice(name);
        key[16..24].copy_from_slice(&seed.to_le_bytes());
        key[24..].copy_from_slice(&stream.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Returns a number below `n`, which is not 0. The bias is below `n / 2^64`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(wide >> 64).expect("the upper half of a product")
    }

    /// Returns an index below `n`, which is not 0.
    pub(crate) fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).expect("below a usize")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_stays() {
        let mut dice = Dice::new(b"riddle test  v1 ", 7, 0);
        let drawn: Vec<u64> = (0..4).map(|_| dice.below(1000)).collect();
        let again: Vec<u64> = (0..4).map(|_| dice.below(1000)).collect();
        let mut dice = Dice::new(b"riddle test  v1 ", 7, 0);
        assert!((0..4).map(|_| dice.below(1000)).eq(drawn.iter().copied()));
        assert!((0..4).map(|_| dice.below(1000)).eq(again));
        let mut other = Dice::new(b"riddle test  v1 ", 7, 1);
        assert!(!(0..4).map(|_| other.below(1000)).eq(drawn));
    }
}
