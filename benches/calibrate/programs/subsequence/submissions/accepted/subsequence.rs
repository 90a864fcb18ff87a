fn main() {
    const N: usize = 8000;
    let mut state = 1u32;
    let mut draw = || {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        (state >> 24) % 4
    };
    let a: Vec<u32> = (0..N).map(|_| draw()).collect();
    let b: Vec<u32> = (0..N).map(|_| draw()).collect();
    let mut before = vec![0u32; N + 1];
    for x in &a {
        let mut row = vec![0u32; N + 1];
        for (j, y) in b.iter().enumerate() {
            row[j + 1] = if x == y { before[j] + 1 } else { row[j].max(before[j + 1]) };
        }
        before = row;
    }
    println!("{}", before[N]);
}
