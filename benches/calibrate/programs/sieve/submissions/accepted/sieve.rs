fn main() {
    const N: usize = 12_000_000;
    let mut composite = vec![false; N + 1];
    let mut count = 0;
    for i in 2..=N {
        if composite[i] {
            continue;
        }
        count += 1;
        for j in (i * i..=N).step_by(i) {
            composite[j] = true;
        }
    }
    println!("{count}");
}
