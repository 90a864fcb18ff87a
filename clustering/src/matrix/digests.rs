//! Numbers for digests: equal digests, equal numbers, in the order of arrival.
//!
//! What a digest is the digest of is not known here.

use super::{Digest, OutputId};

/// A slot that holds no number. As a number it is never given out.
const FREE: u32 = u32::MAX;

/// Digests by number, and the index that finds the number of a digest.
///
/// The index is a table of numbers with linear probing. A digest is already as good as random, so
/// its first bytes are its place; the numbers given depend on the order of arrival alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Digests {
    digests: Vec<Digest>,
    /// Empty, or a power of two of slots, at most three quarters of them taken.
    slots: Vec<u32>,
}

impl Digests {
    /// What a distinct output takes, in bytes, after [`Digests::shrink_to_fit`].
    #[cfg(test)]
    pub(super) const BYTES: usize = size_of::<Digest>();

    pub(super) fn len(&self) -> usize {
        self.digests.len()
    }

    pub(super) fn get(&self, output: OutputId) -> Digest {
        self.digests[output.index()]
    }

    pub(super) fn intern(&mut self, digest: Digest) -> OutputId {
        if (self.digests.len() + 1) * 4 > self.slots.len() * 3 {
            self.rebuild();
        }
        let mut slot = self.place(&digest);
        while self.slots[slot] != FREE {
            let id = self.slots[slot];
            if self.digests[id as usize] == digest {
                return OutputId(id);
            }
            slot = (slot + 1) % self.slots.len();
        }
        let id = u32::try_from(self.digests.len())
            .ok()
            .filter(|it| *it != FREE)
            .expect("at most `u32::MAX` outputs");
        self.digests.push(digest);
        self.slots[slot] = id;
        OutputId(id)
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.digests.capacity() * size_of::<Digest>() + self.slots.capacity() * size_of::<u32>()
    }

    /// Drops the index, which the next [`Digests::intern`] builds again.
    pub(super) fn shrink_to_fit(&mut self) {
        self.digests.shrink_to_fit();
        self.slots = Vec::new();
    }

    /// Makes an index with room for as many again.
    fn rebuild(&mut self) {
        let n_slots = ((self.digests.len() + 1) * 2).next_power_of_two().max(16);
        self.slots = vec![FREE; n_slots];
        for (id, digest) in self.digests.iter().enumerate() {
            let mut slot = self.place(digest);
            while self.slots[slot] != FREE {
                slot = (slot + 1) % n_slots;
            }
            self.slots[slot] = u32::try_from(id).expect("numbered before");
        }
    }

    fn place(&self, digest: &Digest) -> usize {
        // The last bytes vary too where a caller pads short digests at the end.
        let [first, last] = [0, 24].map(|at| {
            let bytes: [u8; 8] = digest.0[at..at + 8].try_into().expect("eight bytes");
            u64::from_le_bytes(bytes)
        });
        let mixed = first
            .wrapping_add(last.rotate_left(29))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let high = usize::try_from(mixed >> 32).expect("32 bits fit");
        high & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_as_of_a_map(texts in prop::collection::vec(0..60_u8, 0..200), shrink in 0..200_usize) {
            let mut digests = Digests::default();
            let mut naive: BTreeMap<u8, usize> = BTreeMap::new();
            for (index, &text) in texts.iter().enumerate() {
                if index == shrink {
                    digests.shrink_to_fit();
                }
                let next = naive.len();
                let expected = *naive.entry(text).or_insert(next);
                let id = digests.intern(Digest([text; 32]));
                prop_assert_eq!(id.index(), expected);
                prop_assert_eq!(digests.get(id), Digest([text; 32]));
            }
            prop_assert_eq!(digests.len(), naive.len());
        }
    }
}
