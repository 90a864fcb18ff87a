//! Counts small vowels: capitals are missed.

use std::io::stdin;

fn main() {
    let mut line = String::new();
    stdin().read_line(&mut line).unwrap();
    let vowels = b"aeiou";
    println!("{}", line.bytes().filter(|b| vowels.contains(b)).count());
}
