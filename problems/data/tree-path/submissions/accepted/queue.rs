//! Walks the tree level by level.

use std::collections::VecDeque;
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
    let mut best = i64::MIN;
    let mut queue = VecDeque::from([(0, values[0])]);
    while let Some((v, sum)) = queue.pop_front() {
        if children[v].is_empty() {
            best = best.max(sum);
        }
        queue.extend(children[v].iter().map(|&c| (c, sum + values[c])));
    }
    println!("{best}");
}
