struct Tree(Option<(Box<Tree>, Box<Tree>)>);

fn grow(depth: u32) -> Tree {
    Tree((depth > 0).then(|| (Box::new(grow(depth - 1)), Box::new(grow(depth - 1)))))
}

impl Tree {
    fn count(&self) -> u64 {
        self.0.as_ref().map_or(1, |(left, right)| 1 + left.count() + right.count())
    }
}

fn fibonacci(n: u64) -> u64 {
    if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

fn main() {
    let sum: u64 = (0..40).map(|_| grow(15).count()).sum();
    println!("{sum} {}", fibonacci(36));
}
