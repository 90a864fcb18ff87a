//! Any script of checktestdata on any input.
//!
//! Property: reading a script and checking an input end without a panic, within the work that is given; the same again
//! is the same; a script at fault is no refusal of the input's place. Budget: a million units of work.
//!
//! Input: script and input, separated by the byte 0xff.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riddle_problems::{Checktestdata, CtdFailure};

const WORK: u64 = 1_000_000;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |&byte| byte == 0xff);
    let script = parts.next().unwrap_or_default();
    let input = parts.next().unwrap_or_default();
    let Ok(script) = Checktestdata::parse(script) else {
        return;
    };
    let checked = script.check_within(input, WORK);
    assert_eq!(script.check_within(input, WORK), checked);
    if let Err(CtdFailure::Refused {
        line, character, ..
    }) = checked
    {
        let n_lines = input.split(|&byte| byte == b'\n').count();
        assert!((1..=n_lines).contains(&line));
        assert!((1..=input.len() + 1).contains(&character));
    }
});
