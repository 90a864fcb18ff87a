//! Two programs that talk to each other: whatever they do, it ends, and it is the same each time.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "others use the rest")]
mod common;

use common::{compile, sandbox};
use riddle_sandbox::{Cancel, Conversation, Ending, Language, Limits, Request};

fn converse(first: (Language, &str), second: (Language, &str)) -> Conversation {
    let sandbox = sandbox();
    let programs = [first, second].map(|(language, source)| compile(&sandbox, language, source));
    let limits = Limits {
        fuel: 10_000_000_000,
        ..Limits::default()
    };
    sandbox
        .converse(
            [&programs[0], &programs[1]],
            [Request::default(), Request::default()],
            [&limits, &limits],
            &Cancel::new(),
        )
        .unwrap()
}

/// Returns the endings of two C programs, and which ended first.
fn endings(first: &str, second: &str) -> (Ending, Ending, Option<usize>) {
    let both = [first, second].map(|body| {
        format!("#include <stdio.h>\n#include <string.h>\n#include <unistd.h>\nstatic char block[1 << 20];\nint main(void) {{ {body} }}")
    });
    let talk = converse((Language::C, &both[0]), (Language::C, &both[1]));
    let [first, second] = talk.executions;
    (first.ending, second.ending, talk.first_to_end)
}

const HOST: &str = r#"
    #include <iostream>
    int main() {
        int secret = 777, n = 0;
        std::cout << 1000 << std::endl;
        for (int guess; std::cin >> guess;) {
            ++n;
            if (guess == secret) { std::cout << "right" << std::endl; return n <= 10 ? 42 : 43; }
            std::cout << (guess < secret ? "more" : "less") << std::endl;
        }
        return 43;
    }"#;

const GUEST: &str = r#"
    #include <iostream>
    int main() {
        int low = 1, high; std::cin >> high;
        while (true) {
            int middle = (low + high) / 2;
            std::cout << middle << std::endl;
            std::string word; std::cin >> word;
            if (word == "right") return 0;
            (word == "more" ? low : high) = word == "more" ? middle + 1 : middle - 1;
        }
    }"#;

#[test]
fn a_guessing_game_is_the_same_each_time() {
    let talk = || converse((Language::Cpp, HOST), (Language::Cpp, GUEST));
    let first = talk();
    assert_eq!(first.executions[0].ending, Ending::Exit(42));
    assert_eq!(first.executions[1].ending, Ending::Ok);
    assert!(first.executions[1].stdout.starts_with(b"500\n750\n"));
    for _ in 0..20 {
        let again = talk();
        for (a, b) in first.executions.iter().zip(&again.executions) {
            assert_eq!((a.fuel, &a.stdout), (b.fuel, &b.stdout));
        }
    }
}

#[test]
fn python_talks_to_cpp() {
    let guest = r#"
low, high = 1, int(input())
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    word = input()
    if word == "right": break
    if word == "more": low = middle + 1
    else: high = middle - 1
"#;
    let talk = converse((Language::Cpp, HOST), (Language::Python, guest));
    let [host, guest] = talk.executions;
    assert_eq!(guest.ending, Ending::Ok, "{guest:?}");
    assert_eq!(host.ending, Ending::Exit(42));
}

#[test]
fn two_that_wait_for_each_other_are_told_at_once() {
    let reads = "return getchar();";
    assert_eq!(
        endings(reads, reads),
        (Ending::Deadlock, Ending::Deadlock, None)
    );
}

#[test]
fn two_that_write_more_than_a_pipe_holds_wait_for_each_other() {
    let writes = "fwrite(block, 1, sizeof block, stdout); fflush(stdout); return getchar() != 0;";
    assert_eq!(
        endings(writes, writes),
        (Ending::Deadlock, Ending::Deadlock, None)
    );
}

#[test]
fn a_megabyte_goes_through_a_pipe() {
    let writes =
        "memset(block, 'x', sizeof block); fwrite(block, 1, sizeof block, stdout); return 0;";
    let reads = "int n = 0; while (getchar() == 'x') ++n; return n == 1 << 20 ? 5 : 6;";
    assert_eq!(
        endings(writes, reads),
        (Ending::Ok, Ending::Exit(5), Some(0))
    );
    assert_eq!(
        endings(reads, writes),
        (Ending::Exit(5), Ending::Ok, Some(1))
    );
}

#[test]
fn who_is_left_reads_the_end_and_writes_for_nobody() {
    let leaves = "return 3;";
    let stays = "int c = getchar(); int n = printf(\"hello\\n\") < 0 || fflush(stdout); return c == EOF ? 10 + n : 1;";
    assert_eq!(
        endings(leaves, stays),
        (Ending::Exit(3), Ending::Exit(11), Some(0))
    );
}

#[test]
fn one_that_never_ends_runs_out_of_fuel_and_the_other_goes_on() {
    let loops = "for (volatile int i = 0;; ++i) {} return 0;";
    let waits = "return getchar() == EOF ? 7 : 8;";
    assert_eq!(
        endings(loops, waits),
        (Ending::Fuel, Ending::Exit(7), Some(0))
    );
    assert_eq!(
        endings(waits, loops),
        (Ending::Exit(7), Ending::Fuel, Some(1))
    );
}

#[test]
fn a_stream_that_is_closed_is_at_its_end_for_the_other() {
    let closes = "close(1); return getchar() == 'x' ? 4 : 5;";
    let reads = "int c = getchar(); putchar('x'); fflush(stdout); return c == EOF ? 6 : 7;";
    assert_eq!(endings(closes, reads).0, Ending::Exit(4));
    assert_eq!(endings(closes, reads).1, Ending::Exit(6));
}

#[test]
fn who_computes_for_long_does_not_keep_the_other_from_its_turn() {
    let tells_and_loops =
        "puts(\"x\"); fflush(stdout); for (volatile int i = 0;; ++i) {} return 0;";
    let hears_and_leaves = "return getchar() == 'x' ? 43 : 1;";
    assert_eq!(
        endings(hears_and_leaves, tells_and_loops),
        (Ending::Exit(43), Ending::Fuel, Some(0))
    );
}

#[test]
fn what_one_says_to_the_other_is_bounded() {
    let floods = "for (;;) fwrite(block, 1, sizeof block, stdout);";
    let reads = "while (fread(block, 1, sizeof block, stdin)) {} return 9;";
    let (first, second, _) = endings(floods, reads);
    assert_eq!((first, second), (Ending::Output, Ending::Exit(9)));
}
