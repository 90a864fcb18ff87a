//! What is read out of statements.

use super::*;

/// Writes all limits, as `low ≤ name ≤ high`.
fn limits(statement: &str) -> String {
    let side = |sides: &[Side]| {
        let texts = sides.iter().map(|it| {
            let mut text = if it.is_strict { "!" } else { "" }.to_owned();
            match it.formula.constant() {
                Some(value) => text.push_str(&value.to_string()),
                None => it.formula.write(&mut text, &Name::to_string).unwrap(),
            }
            text
        });
        texts.collect::<Vec<_>>().join(",")
    };
    let read = read(statement);
    let lines = read.limits.iter().map(|it| {
        let bars = if it.is_size { "|" } else { "" };
        format!(
            "{}..{bars}{}{bars}..{}",
            side(&it.low),
            it.subject,
            side(&it.high)
        )
    });
    lines.collect::<Vec<_>>().join("; ")
}

#[test]
fn chains_limit_names() {
    assert_eq!(limits("$1 \\le n \\le 10^5$"), "1..n..100000");
    assert_eq!(limits("1 ≤ n, m ≤ 2·10^5"), "1..n..200000; 1..m..200000");
    assert_eq!(limits("an integer n (1 <= n <= 1e9)"), "1..n..1000000000");
    assert_eq!(limits("$0 < x < 10$"), "!0..x..!10");
    assert_eq!(limits("$|s| \\leq 100$"), "..|s|..100");
    assert_eq!(limits("$|x|,|y| \\leq 10$"), "..|x|..10; ..|y|..10");
    assert_eq!(limits("10 ≥ k ≥ 2"), "2..k..10");
    assert_eq!(limits("$1.5 \\cdot 10^5 \\ge q$"), "..q..150000");
    assert_eq!(
        limits("($-10^6 \\leq c \\leq 10^6$)"),
        "-1000000..c..1000000"
    );
}

#[test]
fn names_limit_names() {
    assert_eq!(
        limits("$1 \\le l \\le r \\le n$"),
        "1..l..r,n; 1,l..r..n; 1,l,r..n.."
    );
    assert_eq!(
        limits("$n-1 \\leq m \\leq \\frac{n(n-1)}{2}$"),
        "n-1..m..(n*(n-1))/2"
    );
}

#[test]
fn a_comma_ends_a_chain_or_not() {
    assert_eq!(limits("(1 ≤ n ≤ 10, 2 ≤ m ≤ 5)"), "1..n..10; 2..m..5");
    assert_eq!(limits("$n \\le 5, m \\le 7$"), "..n..5; ..m..7");
    assert_eq!(
        limits("($1 \\leq p, q \\leq n$, $0 \\leq c \\leq 10$)"),
        "1..p..n; 1..q..n; 1,p,q..n..; 0..c..10"
    );
}

#[test]
fn sums_and_words_and_lengths() {
    let read = read(
        "Input\nThe sum of $n$ over all test cases does not exceed $2 \\cdot 10^5$. \
         All are distinct strings of at most 20 characters, a permutation of lowercase letters.",
    );
    assert_eq!(read.sums.len(), 1);
    assert_eq!(read.sums[0].1, 200_000);
    assert_eq!(read.max_length, Some(20));
    assert!(read.words.distinct && read.words.permutation && read.words.lower);
    assert!(read.hints.has_cases);
}

#[test]
fn the_input_section_is_found() {
    for statement in [
        "x\n\\section*{Input}\nHERE\n\\section*{Output}\ny",
        "x\n## Input\nHERE\n## Output\ny",
        "x\n-----Input-----\nHERE\n-----Output-----\n",
        "<h3>Input</h3>\nHERE\n<h3>Output</h3>\n",
        "Indata\nHERE\nUtdata\n",
    ] {
        assert_eq!(
            input_section(statement).map(str::trim),
            Some("HERE"),
            "{statement}"
        );
    }
    assert_eq!(input_section("no title"), None);
}

#[test]
fn names_are_mentioned_in_order() {
    let read =
        read("The first line contains n and m. The second contains $m$ integers $a_i$, a list.");
    let names: Vec<String> = read.mentions.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(names, ["n", "m", "m", "a_i"]);
    assert!(read.mentions[2].counts && !read.mentions[1].counts);
}

proptest::proptest! {
    #[test]
    fn no_statement_panics(statement in "([0-9a-z]{1,3}|[≤<>=^|(){},$\\\\_ \n.-]|\\\\frac|\\\\le|between|and|sum|most){0,60}") {
        read(&statement);
    }
}
