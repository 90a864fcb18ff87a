//! Walks the tree recursively, in a thread with a large stack.

use std::io::{self, Read};

fn read() -> (Vec<i64>, Vec<Vec<usize>>) {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).unwrap();
    let mut numbers = text.split_ascii_whitespace().map(|x| x.parse::<i64>().unwrap());
    let n = numbers.next().unwrap() as usize;
    let values: Vec<i64> = numbers.by_ref().take(n).collect();
    let mut children = vec![vec![]; n];
    for (v, p) in numbers.enumerate() {
        children[p as usize - 1].push(v + 1);
    }
    (values, children)
}

fn best(v: usize, values: &[i64], children: &[Vec<usize>]) -> i64 {
    let below = children[v].iter().map(|&c| best(c, values, children)).max();
    values[v] + below.unwrap_or(0)
}

fn solve() {
    let (values, children) = read();
    println!("{}", best(0, &values, &children));
}

fn main() {
    // A path may be 50000 nodes long.
    std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(solve)
        .unwrap()
        .join()
        .unwrap();
}
