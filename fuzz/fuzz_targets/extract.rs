//! Any text as a model's answer.
//!
//! Property: extraction never panics; a program is not blank, ends with a line feed, is at most as long
//! as the answer and what it was asked with, and is cut only where the answer was; the same answer gives
//! the same again. Budget: linear in the answer.
//!
//! Input: a byte that picks how the answer was asked for, then the answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riddle_engine::{Asked, extract, sandbox::Language};

const PREFILLS: [&str; 4] = ["", "```python\n", " ```cpp\n", "~~~\n"];
const HOLES: [(&str, &str); 4] = [
    ("", ""),
    ("import sys\n", ""),
    ("def main():\n", "\n\nmain()\n"),
    ("", "}\n"),
];

fuzz_target!(|data: &[u8]| {
    let Some((&first, answer)) = data.split_first() else {
        return;
    };
    let answer = String::from_utf8_lossy(answer);
    let index = usize::from(first);
    let (before, after) = HOLES[index / 4 % HOLES.len()];
    let asked = Asked {
        language: Language::ALL.get(index / 32).copied(),
        prefill: PREFILLS[index % PREFILLS.len()],
        before,
        after,
        finished: index / 16 % 2 == 0,
    };
    let result = extract(&answer, &asked);
    assert_eq!(extract(&answer, &asked), result);
    match result {
        Ok(extracted) => {
            let n_asked = before.len() + after.len() + asked.prefill.len();
            assert!(extracted.source.len() <= answer.len() + n_asked + 2);
            assert!(!extracted.source.trim().is_empty() && extracted.source.ends_with('\n'));
            assert!(!extracted.truncated || !asked.finished);
        }
        Err(no_code) => assert!(!no_code.detail.is_empty()),
    }
});
