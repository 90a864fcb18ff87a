//! Adds up the even numbers in a type that is too narrow.

use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    let mut sum: i32 = 0;
    for word in line.split(' ') {
        let x: i32 = word.trim().parse().unwrap();
        if x % 2 == 0 {
            sum += x;
        }
    }
    println!("{}", sum);
}
