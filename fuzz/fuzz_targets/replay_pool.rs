//! Any bytes as a JSONL pool of candidates.
//!
//! Property: opening and draining it never panics and never fails; every line that is not blank is a
//! sample or a rejection of one problem, a candidate of a problem that was not asked for, or stray.
//! Budget: one file of at most libFuzzer's `-max_len`.
//!
//! Input: a byte that says how many problems are asked for, then the file.
#![no_main]

use std::sync::Arc;

use futures_util::{FutureExt, StreamExt};
use libfuzzer_sys::fuzz_target;
use riddle_engine::{
    Ask, Replay, Sampler,
    problems::{Checker, Format, Task, TaskLimits},
};

const PROBLEMS: [&str; 2] = ["a", "b"];

fuzz_target!(|data: &[u8]| {
    let Some((&first, pool)) = data.split_first() else {
        return;
    };
    let problems = &PROBLEMS[..usize::from(first) % (PROBLEMS.len() + 1)];
    let file = tempfile::NamedTempFile::new().expect("temporary files can be made");
    fs_err::write(file.path(), pool).expect("temporary files can be written");

    let replay = Replay::open(file.path(), problems).expect("the file can be read");
    let mut n_lines = replay.stray().len() as u64 + replay.others().values().sum::<u64>();
    for problem in problems {
        let task = Arc::new(task(problem));
        let samples: Vec<_> = replay
            .samples(Ask::all(Arc::clone(&task)))
            .collect()
            .now_or_never()
            .expect("a replay never waits");
        assert_eq!(replay.n_samples(&task), Some(samples.len() as u64));
        for (index, sampled) in samples.iter().enumerate() {
            let sampled = sampled.as_ref().expect("a replay never gives up");
            assert_eq!(sampled.index, index as u64);
            if let Err(rejected) = &sampled.sample {
                assert!(!rejected.reason.name().is_empty());
            }
        }
        n_lines += samples.len() as u64;
    }
    let is_line = |it: &&[u8]| !it.trim_ascii().is_empty();
    let expected = pool.split(|&byte| byte == b'\n').filter(is_line).count();
    assert_eq!(n_lines, expected as u64);
});

fn task(id: &str) -> Task {
    Task {
        id: id.to_owned(),
        title: None,
        statement: None,
        format: Format::Folder,
        limits: TaskLimits::default(),
        checker: Checker::default(),
        public_tests: Vec::new(),
        tags: Vec::new(),
        rating: None,
        ..Task::default()
    }
}
