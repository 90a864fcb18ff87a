//! Looks each character up in a table of letters and the space: another one ends it.

use std::collections::HashMap;
use std::io::stdin;

fn main() {
    let mut line = String::new();
    stdin().read_line(&mut line).unwrap();
    let mut is_vowel: HashMap<char, bool> = ('a'..='z').map(|c| (c, "aeiou".contains(c))).collect();
    is_vowel.insert(' ', false);
    let line = line.trim().to_lowercase();
    println!("{}", line.chars().filter(|c| is_vowel[c]).count());
}
