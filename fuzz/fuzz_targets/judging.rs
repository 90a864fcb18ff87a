//! What a package's judges say, in any form: exit codes, the files of Kattis's feedback folder, testlib's last line.
//!
//! Property: reading ends without a panic; a score is finite, testlib's part of a score is from 0 to 1; a judge error says
//! why and names the program; a message is one line and short; a grade comes of it; a validator's code alone accepts, and
//! what ends it from outside refuses nothing; what a grader answers is a verdict of tests and a finite score. Budget: linear
//! in the input.
//!
//! Input: a byte that says how the program ended, then its standard error, `judgemessage.txt`, `score.txt`,
//! `score_multiplier.txt` and `nextpass.in`, separated by the byte 0xff. An empty one is not there.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use riddle_engine::{Validity, read_judgement, read_validity};
use riddle_problems::{Outcome, Protocol, TestGroup, Verdict, score};
use riddle_sandbox::{Ending, Execution, Files};

/// More than this no message has, in bytes: what is kept of it, each byte replaced by three.
const MAX_MESSAGE_BYTES: usize = 1600;

fuzz_target!(|data: &[u8]| {
    let Some((&how, data)) = data.split_first() else {
        return;
    };
    let mut parts = data.splitn(5, |&byte| byte == 0xff);
    let stderr = parts.next().unwrap_or_default();
    let mut files = Files::new();
    for name in [
        "judgemessage.txt",
        "score.txt",
        "score_multiplier.txt",
        "nextpass.in",
    ] {
        if let Some(text) = parts.next().filter(|it| !it.is_empty()) {
            files
                .add(&format!("feedback/{name}"), text.into())
                .expect("there is room");
        }
    }
    let execution = Execution {
        ending: ending(how),
        stdout: Vec::new(),
        stderr: stderr.to_vec(),
        n_stderr_bytes: stderr.len() as u64,
        fuel: 1,
        memory_bytes: 1,
        cpu_time: Duration::ZERO,
    };
    grader(stderr);
    for protocol in [Protocol::Kattis, Protocol::Testlib] {
        judgement(protocol, &execution, &files);
        validity(protocol, &execution);
    }
});

fn ending(how: u8) -> Ending {
    match how {
        0 => Ending::Ok,
        250 => Ending::Trap("wasm `unreachable` instruction executed".to_owned()),
        251 => Ending::Trap("out of bounds memory access".to_owned()),
        252 => Ending::Fuel,
        253 => Ending::Memory,
        254 => Ending::Output,
        255 => Ending::Backstop,
        code => Ending::Exit(code.into()),
    }
}

fn judgement(protocol: Protocol, execution: &Execution, files: &Files) {
    let (outcome, message) = read_judgement(protocol, execution, files);
    let Outcome {
        verdict,
        score,
        multiplier,
    } = outcome;
    assert!(matches!(verdict, Verdict::Ac | Verdict::Wa | Verdict::Je));
    assert!(score.is_none_or(f64::is_finite));
    assert!(multiplier.is_none_or(f64::is_finite));
    if protocol == Protocol::Testlib {
        assert!(multiplier.is_none_or(|it| it <= 1.0));
    }
    if verdict == Verdict::Je {
        assert!(message.as_deref().is_some_and(|it| it.contains("`judge`")));
    }
    check_message(message.as_deref());
    let grade = score::grade(&TestGroup::of_tests(["1"]), |_| Some(outcome));
    assert_eq!(grade.verdict, verdict);
}

fn validity(protocol: Protocol, execution: &Execution) {
    let code = execution.ending.exit_code();
    match read_validity(protocol, execution) {
        Validity::Valid => assert!(matches!(
            (protocol, code),
            (Protocol::Kattis, Some(42)) | (Protocol::Testlib, Some(0))
        )),
        Validity::Invalid { message, .. } => {
            assert!(matches!(
                execution.ending,
                Ending::Exit(_) | Ending::Trap(_)
            ));
            check_message(message.as_deref());
        }
        Validity::Fault { message } => check_message(Some(&message)),
    }
}

fn grader(output: &[u8]) {
    match score::read_grader_answer(output) {
        Ok((verdict, score)) => assert!(verdict != Verdict::Ce && score.is_finite()),
        Err(message) => check_message(Some(&message)),
    }
}

fn check_message(message: Option<&str>) {
    let Some(message) = message else {
        return;
    };
    assert!(!message.is_empty() && message.len() <= MAX_MESSAGE_BYTES);
    assert!(!message.chars().any(char::is_control));
}
