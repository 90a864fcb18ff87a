fn main() {
    let mut state = 1u32;
    let mut numbers: Vec<i64> = (0..2_000_000)
        .map(|_| {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            i64::from(state >> 8)
        })
        .collect();
    numbers.sort();
    let sum: i64 = numbers.iter().enumerate().map(|(i, x)| i as i64 * (x & 7)).sum();
    println!("{sum}");
}
