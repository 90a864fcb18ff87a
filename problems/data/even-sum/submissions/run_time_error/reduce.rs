//! Takes the sum of what may be nothing: panics then.

use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    let sum = line
        .split_whitespace()
        .map(|x| x.parse::<i64>().unwrap())
        .filter(|x| x & 1 == 0)
        .reduce(|a, b| a + b)
        .unwrap();
    println!("{}", sum);
}
