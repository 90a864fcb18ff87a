//! Tests of whole grammars: what they say of themselves, and what they keep to.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

fn infer(inputs: &[&str], statement: &str) -> Grammar {
    let inputs: Vec<&[u8]> = inputs.iter().map(|it| it.as_bytes()).collect();
    let grammar = Grammar::infer(&inputs, statement).unwrap();
    for input in inputs {
        assert!(
            grammar.accepts(input),
            "{}\n{grammar}",
            input.escape_ascii()
        );
    }
    for made in grammar.generate(60, 7) {
        assert!(
            grammar.accepts(&made.bytes),
            "{}\n{grammar}",
            made.bytes.escape_ascii()
        );
    }
    grammar
}

fn made(grammar: &Grammar, n: usize) -> Vec<String> {
    let made = grammar.generate(n, 1).into_iter();
    made.map(|it| String::from_utf8(it.bytes).unwrap())
        .collect()
}

fn numbers(text: &str) -> Vec<i64> {
    text.split_whitespace()
        .map(|it| it.parse().unwrap())
        .collect()
}

fn to_size(value: i64) -> usize {
    usize::try_from(value).unwrap()
}

#[test]
fn a_list_with_stated_limits() {
    let grammar = infer(
        &["4\n10 20 30 40\n"],
        "Input\nn ($1 \\le n \\le 10^5$), then $n$ integers $a_i$ ($-10^9 \\le a_i \\le 10^9$).",
    );
    assert_snapshot!(grammar, @r"
    line 1: n (count; 1..=100000, stated)
    line 2: n times a_i (-1000000000..=1000000000, stated)
    ");
    assert_eq!(grammar.max_size(), 100_000);
}

#[test]
fn edges_of_a_tree() {
    let grammar = infer(&["5\n1 2\n1 3\n3 4\n3 5\n", "2\n2 1\n"], "");
    assert_snapshot!(grammar, @r"
    line 1: a (count; 1..=100, guessed)
    a-1 times, the edges of a tree of a nodes, guessed:
      line: b (1..=a, guessed), c (1..=a, guessed)
    ");
    for text in made(&grammar, 40) {
        let all = numbers(&text);
        assert_eq!(all.len(), 1 + 2 * (to_size(all[0]) - 1), "{text}");
    }
}

#[test]
fn several_cases_with_a_bounded_sum() {
    let grammar = infer(
        &["2\n3\n1 2 3\n1\n9\n"],
        "Input\nThe number $t$ ($1 \\le t \\le 1000$) of test cases. Each has $n$ ($1 \\le n \\le 100$) and \
         $n$ integers $a_1, \\dots, a_n$ ($1 \\le a_i \\le 50$). The sum of $n$ over all test cases does not \
         exceed $100$.",
    );
    assert_snapshot!(grammar, @r"
    line 1: t (count; 1..=1000, stated)
    t times:
      line: n (count; 1..=100, stated)
      line: n times a_1 (1..=50, stated)
    sum of all n <= 100, stated
    ");
    let scaled = grammar.scaled(100, 0).unwrap();
    assert_eq!(scaled.size, 100);
    assert_eq!(scaled.how.to_string(), "grammar, scaled to 100");
}

#[test]
fn a_grid_and_its_letters() {
    let grammar = infer(
        &["2 3\n..#\n#..\n", "1 2\n##\n"],
        "Input\nh and w ($1 \\le h, w \\le 50$), then $h$ lines",
    );
    assert_snapshot!(grammar, @r"
    line 1: h (count; 1..=50, stated), w (count; 1..=50, stated)
    h times:
      line: c (word of `#.`, guessed; length w..=w, guessed)
    ");
    for text in made(&grammar, 40) {
        let mut lines = text.lines();
        let size = numbers(lines.next().unwrap());
        let rows: Vec<&str> = lines.collect();
        assert_eq!(rows.len(), to_size(size[0]));
        assert!(rows.iter().all(|it| it.len() == to_size(size[1])), "{text}");
    }
}

#[test]
fn limits_hang_together() {
    let grammar = infer(
        &["10 2\n1 5\n2 9\n"],
        "Input\n$n$ and $q$ ($1 \\le n \\le 1000$, $1 \\le q \\le 9$), then $q$ lines with $l$ and $r$ \
         ($1 \\le l \\le r \\le n$)",
    );
    assert_snapshot!(grammar, @r"
    line 1: n (count; 1..=1000, stated), q (count; 1..=9, stated)
    q times, the edges of a graph of n nodes (no loops, smaller end first), guessed:
      line: l (1..=n, stated), r (max(1, l)..=n, stated)
    ");
    for text in made(&grammar, 60) {
        let all = numbers(&text);
        assert!(
            all[2..]
                .chunks(2)
                .all(|it| 1 <= it[0] && it[0] <= it[1] && it[1] <= all[0]),
            "{text}"
        );
    }
}

#[test]
fn permutations_decimals_and_ends() {
    assert_snapshot!(infer(&["5\n3 1 2 5 4\n"], ""), @r"
    line 1: a (count; 1..=100, guessed)
    line 2: a times b (1..=a, guessed; permutation from 1, guessed)
    ");
    assert_snapshot!(infer(&["2\n0.50 1.25\n"], ""), @r"
    line 1: a (count; 1..=100, guessed)
    line 2: a times b (2 decimals; 1e-2..=10, guessed)
    ");
    assert_snapshot!(infer(&["1 2\r\n3 4\r\n0 0\r\n"], ""), @r"
    up to a line `0 0`:
      line: a (1..=10, guessed), b (1..=10, guessed)
    lines end in CR LF
    ");
    assert_snapshot!(infer(&["7"], ""), @r"
    line 1: a (1..=10, guessed)
    no newline at the end
    ");
    assert_snapshot!(infer(&["3\n1 2 3 \n"], ""), @r"
    line 1: a (count; 1..=100, guessed)
    line 2: a times b (1..=a, guessed)
    ");
}

#[test]
fn one_number_gets_small_and_large() {
    let grammar = infer(&["5\n"], "Input\nAn integer n (1 ≤ n ≤ 10^18).");
    let all: BTreeSet<i64> = made(&grammar, 60).iter().map(|it| numbers(it)[0]).collect();
    assert!(all.contains(&1) && all.contains(&2) && all.contains(&1_000_000_000_000_000_000));
    assert!(
        all.iter()
            .any(|it| (10_000..10_000_000_000_000).contains(it))
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let grammar = infer(
        &["3\n1 2 3\n"],
        "Input\nn ($1 \\le n \\le 5$) and $n$ numbers",
    );
    for other in [
        "3\n1 2\n",
        "3\n1 2 3\n4\n",
        "x\n",
        "",
        "6\n1 2 3 4 5 6\n",
        "3\n1  2 3\n",
        "2\n1 x\n",
    ] {
        assert!(!grammar.accepts(other.as_bytes()), "{other:?}");
    }
    assert!(grammar.accepts(b"2\n-7 900"));
}

#[test]
fn errors_say_why() {
    let error = |inputs: &[&[u8]]| Grammar::infer(inputs, "").unwrap_err().to_string();
    assert_eq!(error(&[]), "no public input has anything in it");
    assert_eq!(
        error(&[b"1\n", b"\n"]),
        "no public input has anything in it"
    );
    assert_eq!(error(&[b"1\n", b"\x00"]), "public input 1 is binary");
    assert_eq!(
        error(&[&vec![b'1'; 5 << 20]]),
        "public inputs have 5242880 bytes, which exceeds the limit of 1048576"
    );
    let no_layout = GrammarError::NoLayout { inputs: 2 };
    assert_eq!(no_layout.to_string(), "no layout fits all 2 public inputs");
}

#[test]
fn hostile_inputs_end_soon() {
    let lines = "1\n".repeat(500_000);
    let tokens = "1 ".repeat(500_000);
    let word = "x".repeat(1 << 20);
    let counts = "1 1 1 1 1 1 1 1 1 1\n".repeat(1000);
    for input in [&lines, &tokens, &word, &counts] {
        if let Ok(grammar) = Grammar::infer(&[input.as_bytes()], "") {
            assert!(grammar.accepts(input.as_bytes()));
            grammar.generate(3, 0);
            grammar.scaled(u64::MAX, 0);
        }
    }
    // As long as may be read at all, and a claim that nothing backs.
    let grammar = infer(&["3\n1 2 3\n"], "");
    let long = format!("1000000\n{}\n", vec!["1"; 1_000_000].join(" "));
    assert!(grammar.accepts(long.as_bytes()));
    assert!(!grammar.accepts(b"9000000000000000000\n1\n"));
}

#[test]
fn the_bytes_are_the_same_on_every_machine() {
    let grammar = infer(&["4 2\n1 2\n3 4\nab\n", "3 1\n1 1\nc\n"], "");
    let made: Vec<Vec<u8>> = grammar
        .generate(60, 42)
        .into_iter()
        .map(|it| it.bytes)
        .collect();
    let digest = blake3::hash(&made.join(&0)).to_hex();
    assert_snapshot!(&digest[..16], @"789818d46f19ede0");
}

#[test]
fn rounds_of_nothing_end() {
    let inputs: [&[u8]; 2] = [b"\r\n1\nbbc#\n2\n \r\n", b"3\n2\n\r\n\r\n52.0\n"];
    let _ = Grammar::infer(&inputs, "1 ≤ n ≤ 2$1 ≤ n ≤ 53,");
    let inputs: [&[u8]; 2] = [b"685\n4\naa\n#cc\ncaa\n-91 4775\n", b"\n1\n9439\n\r\nc#c\n"];
    let _ = Grammar::infer(&inputs, ",n lines,1 ≤ n ≤ 9,");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn grammars_read_what_they_come_from_and_what_they_make(
        inputs in prop::collection::vec(
            "([1-4]\n|([-]?[0-9]{1,3} ){0,2}[0-9.]{1,4}\n|[a-c#]{1,4}\n|\n| |\r\n){1,6}", 1..3),
        statement in "(\\$?1 ≤ [nm] ≤ [nm1-9]{1,2}|n lines|[nma]_i|between 1 and 9|,| ){0,8}",
        seed: u64,
    ) {
        let inputs: Vec<&[u8]> = inputs.iter().map(String::as_bytes).collect();
        if let Ok(grammar) = Grammar::infer(&inputs, &statement) {
            for input in &inputs {
                prop_assert!(grammar.accepts(input), "{}", grammar);
            }
            let made = grammar.generate(20, seed);
            for made in &made {
                prop_assert!(grammar.accepts(&made.bytes), "{:?}\n{}", made, grammar);
            }
            let distinct: BTreeSet<_> = made.iter().map(|it| &it.bytes).collect();
            prop_assert_eq!(distinct.len(), made.len());
            prop_assert_eq!(&made[..made.len().min(5)], &grammar.generate(5, seed)[..]);
            if let Some(scaled) = grammar.scaled(30, seed) {
                prop_assert!(grammar.accepts(&scaled.bytes));
            }
        }
    }

    #[test]
    fn no_bytes_panic(inputs in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..3)) {
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        let statement = inputs.first().map(|it| String::from_utf8_lossy(it).into_owned());
        if let Ok(grammar) = Grammar::infer(&inputs, &statement.unwrap_or_default()) {
            grammar.generate(5, 0);
        }
    }
}
