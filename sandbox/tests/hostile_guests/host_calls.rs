//! Host calls: what each answers, what each costs, and what floods and bad pointers come to.

use std::fmt::Write as _;

use riddle_sandbox::{Ending, Execution, Limits};

use super::{check_all, guest, limits, run, start, trap, with_items};

/// Every function of WASI preview 1 but `proc_exit`: its name, its parameters after the first (`i` 32 bits, `I` 64
/// bits; all given as 0), and its answers where the first is 0 (standard input), 1 (standard output) and 3 (what
/// a program looks for first: a folder). The first parameter of some is a clock, a pointer or a count.
const ANSWERS: [(&str, &str, [i32; 3]); 45] = [
    ("args_get", "i", [0, 0, 0]),
    ("args_sizes_get", "i", [0, 0, 0]),
    ("clock_res_get", "i", [0, 0, 0]),
    ("clock_time_get", "Ii", [0, 0, 0]),
    ("environ_get", "i", [0, 0, 0]),
    ("environ_sizes_get", "i", [0, 0, 0]),
    ("fd_advise", "IIi", [8, 8, 8]),
    ("fd_allocate", "II", [8, 8, 8]),
    ("fd_close", "", [0, 0, 8]),
    ("fd_datasync", "", [8, 8, 8]),
    ("fd_fdstat_get", "i", [0, 0, 8]),
    ("fd_fdstat_set_flags", "i", [8, 8, 8]),
    ("fd_fdstat_set_rights", "II", [8, 8, 8]),
    ("fd_filestat_get", "i", [0, 0, 8]),
    ("fd_filestat_set_size", "I", [8, 8, 8]),
    ("fd_filestat_set_times", "IIi", [8, 8, 8]),
    ("fd_pread", "iiIi", [70, 70, 8]),
    ("fd_prestat_dir_name", "ii", [54, 54, 8]),
    ("fd_prestat_get", "i", [8, 8, 8]),
    ("fd_pwrite", "iiIi", [70, 70, 8]),
    ("fd_read", "iii", [0, 8, 8]),
    ("fd_readdir", "iiIi", [8, 8, 8]),
    ("fd_renumber", "i", [0, 0, 8]),
    ("fd_seek", "Iii", [70, 70, 8]),
    ("fd_sync", "", [8, 8, 8]),
    ("fd_tell", "i", [70, 70, 8]),
    ("fd_write", "iii", [8, 0, 8]),
    ("path_create_directory", "ii", [8, 8, 8]),
    ("path_filestat_get", "iiii", [8, 8, 8]),
    ("path_filestat_set_times", "iiiIIi", [8, 8, 8]),
    ("path_link", "iiiiii", [8, 8, 8]),
    ("path_open", "iiiiIIii", [8, 8, 8]),
    ("path_readlink", "iiiii", [8, 8, 8]),
    ("path_remove_directory", "ii", [8, 8, 8]),
    ("path_rename", "iiiii", [8, 8, 8]),
    ("path_symlink", "iiii", [8, 8, 8]),
    ("path_unlink_file", "ii", [8, 8, 8]),
    ("poll_oneoff", "iii", [28, 28, 28]),
    ("proc_raise", "", [58, 58, 58]),
    ("random_get", "i", [0, 0, 0]),
    ("sched_yield", "", [0, 0, 0]),
    ("sock_accept", "ii", [57, 57, 8]),
    ("sock_recv", "iiiii", [57, 57, 8]),
    ("sock_send", "iiii", [57, 57, 8]),
    ("sock_shutdown", "i", [57, 57, 8]),
];

/// A module that calls one function and makes use of the call's answer. Its first argument is `first`, each further
/// one `other`: expressions of 32 bits.
fn caller(
    name: &str,
    rest: &str,
    [first, other]: [&str; 2],
    use_of: impl Fn(&str) -> String,
) -> String {
    let (mut types, mut arguments) = (String::new(), String::new());
    if name != "sched_yield" {
        types.push_str(" i32");
        arguments.push_str(first);
    }
    for ty in rest.chars() {
        if ty == 'I' {
            types.push_str(" i64");
            let _ = write!(arguments, " (i64.extend_i32_s {other})");
        } else {
            types.push_str(" i32");
            let _ = write!(arguments, " {other}");
        }
    }
    let body = use_of(&format!("(call $f {arguments})"));
    format!(
        r#"(module (import "wasi_snapshot_preview1" "{name}" (func $f (param{types}) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1) (func (export "_start") {body}))"#
    )
}

#[test]
fn every_function_answers_as_the_table_says() {
    let rows = ANSWERS.iter().flat_map(|(name, rest, answers)| {
        [(0, answers[0]), (1, answers[1]), (3, answers[2])].map(|(first, answer)| {
            let expected = match answer {
                0 => Ending::Ok,
                answer => Ending::Exit(answer),
            };
            let arguments = [&format!("(i32.const {first})"), "(i32.const 0)"];
            let wat = caller(name, rest, arguments, |call| format!("(call $exit {call})"));
            (*name, wat, expected)
        })
    });
    check_all(limits(), rows);
}

#[test]
fn no_arguments_are_our_fault() {
    // The two arguments are read from the input. Whatever they are, the guest ends by itself, by a trap or by its
    // fuel; `run` would panic on an `Err`.
    const ODD: [i32; 9] = [0, 1, 2, 3, -1, i32::MIN, i32::MAX, 65_528, 65_533];
    let read =
        "(i32.store (i32.const 4000) (i32.const 5000)) (i32.store (i32.const 4004) (i32.const 8))
        (drop (call $read (i32.const 0) (i32.const 4000) (i32.const 1) (i32.const 4008)))";
    let arguments = ["(i32.load (i32.const 5000))", "(i32.load (i32.const 5004))"];
    for (name, rest, _) in ANSWERS {
        let guest = guest(&caller(name, rest, arguments, |call| {
            format!("{read} (call $exit {call})")
        }));
        for first in ODD {
            for other in ODD {
                let input = [first.to_le_bytes(), other.to_le_bytes()].concat();
                let ending = guest.run(&input, limits()).ending;
                assert!(
                    matches!(
                        ending,
                        Ending::Ok | Ending::Exit(_) | Ending::Trap(_) | Ending::Fuel
                    ),
                    "{name}({first}, {other}): {ending:?}"
                );
            }
        }
    }
}

#[test]
fn every_function_is_paid_for() {
    // Unpaid, each of these loops would go round millions of times.
    let rows = ANSWERS.iter().map(|(name, rest, _)| {
        let arguments = ["(i32.const 0)", "(i32.const 0)"];
        let wat = caller(name, rest, arguments, |call| {
            format!("(loop $l (drop {call}) (br $l))")
        });
        (*name, wat, Ending::Fuel)
    });
    check_all(limits(), rows);
}

/// Runs a loop of host calls until its fuel is gone; each round writes one piece to standard error.
fn n_rounds_of(call: &str, piece_bytes: u64) -> u64 {
    let body = format!(
        "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const {piece_bytes}))
        (loop $l {call} (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (br $l))"
    );
    let execution = run(&start(&body), b"", limits());
    assert_eq!(execution.ending, Ending::Fuel);
    execution.n_stderr_bytes / piece_bytes
}

#[test]
fn work_of_the_host_is_paid_in_fuel() {
    // Unpaid, each loop would go round several million times.
    let few = 10..25_000;
    assert!(few.contains(&n_rounds_of("", 1)));
    assert!((10..1_000).contains(&n_rounds_of("", 60_000)));
    let random = "(drop (call $random (i32.const 100) (i32.const 1000)))";
    assert!((10..2_500).contains(&n_rounds_of(random, 1)));
    let pieces =
        "(drop (call $fd_write (i32.const 1) (i32.const 100) (i32.const 1000) (i32.const 8)))";
    assert!((10..2_500).contains(&n_rounds_of(pieces, 1)));
    for call in [
        "(drop (call $clock (i32.const 1) (i64.const 0) (i32.const 100)))",
        "(drop (call $fd_seek (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 100)))",
        "(drop (call $yield))",
    ] {
        assert!(few.contains(&n_rounds_of(call, 1)), "{call}");
    }
}

/// Writes `n_vectors` vectors of the same `piece_bytes`, which start at 0, to `fd`, for ever.
fn flood(fd: i32, n_vectors: i32, piece_bytes: i32) -> Execution {
    let body = format!(
        "(loop $v (i32.store (i32.add (i32.const 1024) (i32.shl (local.get $i) (i32.const 3))) (i32.const 0))
            (i32.store (i32.add (i32.const 1028) (i32.shl (local.get $i) (i32.const 3))) (i32.const {piece_bytes}))
            (br_if $v (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {n_vectors}))))
        (loop $l (drop (call $fd_write (i32.const {fd}) (i32.const 1024) (i32.const {n_vectors}) (i32.const 8)))
            (br $l))"
    );
    run(&start(&body), b"", limits())
}

#[test]
fn floods_of_standard_output_are_cut_at_the_limit() {
    for (n_vectors, piece_bytes) in [
        (1, 1),
        (7, 1),
        (1, 999),
        (1, 1_001),
        (1, 65_536),
        (1_000, 65_536),
        (3, 400),
    ] {
        let execution = flood(1, n_vectors, piece_bytes);
        assert_eq!(
            execution.ending,
            Ending::Output,
            "{n_vectors} of {piece_bytes}"
        );
        assert_eq!(
            execution.stdout.len(),
            1_000,
            "{n_vectors} of {piece_bytes}"
        );
    }
    // A write of nothing is no output; it is paid.
    assert_eq!(flood(1, 1, 0).ending, Ending::Fuel);
}

#[test]
fn floods_of_standard_error_are_counted_kept_to_the_limit_and_paid() {
    for (n_vectors, piece_bytes) in [(1, 1), (1_000, 1), (1, 65_536), (1_000, 65_536)] {
        let execution = flood(2, n_vectors, piece_bytes);
        assert_eq!(
            execution.ending,
            Ending::Fuel,
            "{n_vectors} of {piece_bytes}"
        );
        let kept = execution.stderr.len() as u64;
        assert_eq!(kept, execution.n_stderr_bytes.min(limits().stderr_bytes));
    }
}

#[test]
fn lists_of_vectors_that_are_not_there_end_the_guest() {
    let list = |call: &str, length: i32| {
        start(&format!(
            "(i32.store (i32.const 4) (i32.const {length})) (drop (call ${call} (i32.const {}) (i32.const 0) (i32.const 1) (i32.const 8)))",
            i32::from(call == "fd_write")
        ))
    };
    let outside = || trap("out of bounds memory access");
    let many = |call: &str, n: &str| {
        start(&format!(
            "(drop (call ${call} (i32.const {}) (i32.const 0) (i32.const {n}) (i32.const 8)))",
            i32::from(call == "fd_write")
        ))
    };
    let mut rows = Vec::new();
    for call in ["fd_write", "fd_read"] {
        for length in [65_537, i32::MAX, -1, i32::MIN] {
            rows.push((call, list(call, length), outside()));
        }
        // 2^31 vectors cannot be paid, 100,000 can but are not there.
        rows.push((call, many(call, "0x80000000"), Ending::Fuel));
        rows.push((call, many(call, "10000"), outside()));
    }
    check_all(limits(), rows);
}

#[test]
fn a_pointer_outside_memory_given_to_the_host_ends_the_guest() {
    let rows = [
        "(call $clock (i32.const 1) (i64.const 0) (i32.const -4))",
        "(call $poll (i32.const -4) (i32.const -4) (i32.const 1) (i32.const -4))",
        "(call $random (i32.const -4) (i32.const 100))",
        "(call $random (i32.const 65530) (i32.const 100))",
        "(call $fd_write (i32.const 1) (i32.const -4) (i32.const 1) (i32.const 8))",
        "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 65533))",
        "(call $fd_read (i32.const 0) (i32.const 65530) (i32.const 1) (i32.const 8))",
        "(call $args_sizes (i32.const 65533) (i32.const 0))",
    ]
    .map(|call| {
        (
            call,
            start(&format!("(drop {call})")),
            trap("out of bounds memory access"),
        )
    });
    check_all(limits(), rows);
}

#[test]
fn a_module_without_a_memory_may_call_and_is_ended() {
    let module = r#"(module (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
        (func (export "_start") (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;
    check_all(
        limits(),
        [(
            "",
            module.to_owned(),
            trap("module exports no memory `memory`"),
        )],
    );
}

#[test]
fn there_are_no_arguments_however_they_are_asked_for() {
    // The sizes are 0, the lists are left as they are, wherever they are said to be.
    let body = "(i32.store (i32.const 0) (i32.const -1)) (i32.store (i32.const 4) (i32.const -1))
        (if (call $args_sizes (i32.const 0) (i32.const 4)) (then unreachable))
        (if (i32.load (i32.const 0)) (then unreachable)) (if (i32.load (i32.const 4)) (then unreachable))
        (if (call $args (i32.const 0) (i32.const -1)) (then unreachable))";
    check_all(limits(), [("", start(body), Ending::Ok)]);
}

#[test]
fn a_descriptor_that_was_closed_is_closed_and_one_renumbered_is_the_other() {
    let write = |fd: i32| {
        format!("(call $fd_write (i32.const {fd}) (i32.const 0) (i32.const 1) (i32.const 8))")
    };
    let body = format!(
        "(i32.store (i32.const 4) (i32.const 3))
        (if {one} (then unreachable))
        (if (call $fd_renumber (i32.const 2) (i32.const 1)) (then unreachable))
        (if {one} (then unreachable))
        (if (i32.ne (i32.const 8) {two}) (then unreachable))
        (if (call $fd_close (i32.const 1)) (then unreachable))
        (if (i32.ne (i32.const 8) {one}) (then unreachable))
        (if (i32.ne (i32.const 8) (call $fd_close (i32.const 1))) (then unreachable))
        (if (i32.ne (i32.const 8) (call $fd_renumber (i32.const 0) (i32.const 1))) (then unreachable))",
        one = write(1),
        two = write(2),
    );
    let execution = run(&with_items("", &body), b"", limits());
    assert_eq!(execution.ending, Ending::Ok);
    assert_eq!((execution.stdout.len(), execution.n_stderr_bytes), (3, 3));
}

#[test]
fn waiting_for_streams_and_for_ever_is_bounded() {
    // Events of streams are there at once; a list that is too long is refused; a wait without end takes all fuel.
    let wait = "(i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const -1))
        (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))
        (loop $l (br_if $l (i32.const 0)))";
    let stream = "(i32.store8 (i32.const 8) (i32.const 1))
        (loop $l (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200))) (br $l))";
    let many = "(call $exit (call $poll (i32.const 0) (i32.const 0) (i32.const 65) (i32.const 0)))";
    let forever = Limits {
        fuel: 1 << 60,
        ..limits()
    };
    check_all(forever, [("wait", start(wait), Ending::Fuel)]);
    check_all(
        limits(),
        [
            ("streams", start(stream), Ending::Fuel),
            ("many", start(many), Ending::Exit(28)),
        ],
    );
}
