//! Uses a list after it was moved: does not compile.

use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    let numbers: Vec<i64> = line.split_whitespace().map(|x| x.parse().unwrap()).collect();
    let even: Vec<i64> = numbers.into_iter().filter(|x| x % 2 == 0).collect();
    if numbers.is_empty() {
        println!("0");
    }
    println!("{}", even.iter().sum::<i64>());
}
