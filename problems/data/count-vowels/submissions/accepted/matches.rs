//! Counts the vowels of a line by a pattern.

use std::io::{stdin, BufRead};

fn main() {
    let line = stdin().lock().lines().next().unwrap().unwrap();
    let count = line
        .chars()
        .filter(|c| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u'))
        .count();
    println!("{}", count);
}
