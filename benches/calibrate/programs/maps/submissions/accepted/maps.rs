use std::collections::{BTreeMap, HashMap};

fn main() {
    let mut state = 1u32;
    let mut counts: HashMap<u32, u32> = HashMap::new();
    let mut ordered: BTreeMap<u32, u32> = BTreeMap::new();
    for i in 0..1_500_000 {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        *counts.entry((state >> 8) % 100_000).or_default() += 1;
        if i % 4 == 0 {
            *ordered.entry((state >> 8) % 100_000).or_default() += 1;
        }
    }
    println!("{} {:?}", ordered.len(), counts.values().max());
}
