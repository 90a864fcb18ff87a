//! Python candidates in the sandbox. Needs the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table reads better without `&`"
)]

use riddle_sandbox::{
    Cancel, CompileFailureKind, Ending, Execution, Language, Limits, Sandbox, SandboxOptions,
    default_cache,
};

fn sandbox() -> Sandbox {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

fn run_with(source: &str, input: &str, limits: Limits) -> Execution {
    let sandbox = sandbox();
    let compiled = sandbox
        .compile(Language::Python, source.as_bytes())
        .unwrap();
    let program = compiled
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text));
    sandbox
        .execute(&program, input.as_bytes().into(), &limits, &Cancel::new())
        .unwrap()
}

fn run(source: &str, input: &str) -> Execution {
    run_with(source, input, Limits::default())
}

#[track_caller]
fn check(source: &str, input: &str, expected: &str) {
    let execution = run(source, input);
    let stderr = String::from_utf8_lossy(&execution.stderr).into_owned();
    assert_eq!(execution.ending, Ending::Ok, "{stderr}");
    assert_eq!(String::from_utf8_lossy(&execution.stdout), expected);
}

#[track_caller]
fn check_ending(source: &str, expected: Ending) {
    let execution = run(source, "");
    assert_eq!(
        execution.ending,
        expected,
        "{}",
        String::from_utf8_lossy(&execution.stderr)
    );
}

#[test]
fn reads_lines_and_prints() {
    check(
        "n = int(input())\nprint(sum(map(int, input().split())) * n)",
        "2\n1 2 3\n",
        "12\n",
    );
}

#[test]
fn reads_all_of_standard_input_in_every_usual_way() {
    check(
        "import sys\nprint(sys.stdin.read().split())",
        "a b\nc\n",
        "['a', 'b', 'c']\n",
    );
    check(
        "import sys\nprint([l.strip() for l in sys.stdin])",
        "a b\nc",
        "['a b', 'c']\n",
    );
    check(
        "import sys\nprint(sys.stdin.buffer.readline())",
        "ab\nc\n",
        "b'ab\\n'\n",
    );
    check("print(open(0).read())", "ab\n", "ab\n\n");
    check("import os\nprint(os.read(0, 10))", "ab\n", "b'ab\\n'\n");
    check(
        "import io, os, sys\ninput = io.BytesIO(os.read(0, 1 << 20)).readline\nprint(int(input()))",
        "41\n",
        "41\n",
    );
}

#[test]
fn the_end_of_input_is_an_eof_error() {
    let execution = run("input()", "");
    assert_eq!(execution.ending, Ending::Exit(1));
    let stderr = String::from_utf8_lossy(&execution.stderr).into_owned();
    assert_eq!(
        stderr,
        "Traceback (most recent call last):\n  File \"main.py\", line 1, in <module>\nEOFError: EOF when reading a line\n"
    );
}

#[test]
fn exit_codes_are_those_of_the_interpreter() {
    check_ending("raise SystemExit", Ending::Ok);
    check_ending("exit()", Ending::Ok);
    check_ending("import sys; sys.exit(3)", Ending::Exit(3));
    check_ending("import sys; sys.exit('message')", Ending::Exit(1));
    // WASI 0.2 knows success and failure only.
    check_ending("import os; os._exit(4)", Ending::Exit(1));
    check_ending("import os; os._exit(0)", Ending::Ok);
    check_ending("1 / 0", Ending::Exit(1));
}

#[test]
fn output_before_an_exit_is_flushed() {
    let execution = run("import sys\nprint('a')\nsys.exit(2)", "");
    assert_eq!(execution.stdout, b"a\n");
}

#[test]
fn main_is_main() {
    check(
        "def main():\n    print(__name__)\nif __name__ == '__main__':\n    main()",
        "",
        "__main__\n",
    );
}

#[test]
fn the_big_stack_idiom_works() {
    check(
        "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 27)\n\
         def f(n): return 0 if n == 0 else 1 + f(n - 1)\n\
         def main(): print(f(50000))\nt = threading.Thread(target=main)\nt.start()\nt.join()",
        "",
        "50000\n",
    );
}

#[test]
fn runaway_recursion_is_a_recursion_error() {
    let execution = run("def f(): f()\nf()", "");
    assert_eq!(execution.ending, Ending::Exit(1));
    assert!(String::from_utf8_lossy(&execution.stderr).contains("RecursionError"));
}

#[test]
fn modules_that_contest_programs_import_are_there() {
    let modules = "bisect collections math heapq itertools functools re string random decimal fractions \
        statistics json struct array copy operator typing dataclasses datetime calendar cmath queue \
        textwrap contextlib time enum hashlib io os sys threading traceback";
    let source: String = modules
        .split_whitespace()
        .flat_map(|it| ["import ", it, "\n"])
        .collect();
    check(&source, "", "");
}

#[test]
fn randomness_and_time_are_the_same_each_time() {
    let source = "import random, time, os, uuid\nprint(random.random(), time.time(), os.urandom(4), uuid.uuid4(), hash('a'))";
    let [one, other] = [0, 1].map(|_| run(source, ""));
    assert_eq!(one.stdout, other.stdout);
    assert_eq!(
        (one.fuel, one.memory_bytes),
        (other.fuel, other.memory_bytes)
    );
}

#[test]
fn sleeping_is_paid_in_fuel() {
    let start = "import time\na = time.time()\n";
    check(
        &format!("{start}time.sleep(0.5)\nprint(0.5 <= time.time() - a < 0.6)"),
        "",
        "True\n",
    );
    check_ending("import time\ntime.sleep(1000)", Ending::Fuel);
}

#[test]
fn a_program_that_watches_the_clock_ends() {
    check(
        "import time\na = time.time()\nwhile time.time() - a < 0.01: pass\nprint('done')",
        "",
        "done\n",
    );
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let limits = Limits {
        fuel: 5_000_000_000,
        ..Limits::default()
    };
    assert_eq!(
        run_with("while True: pass", "", limits).ending,
        Ending::Fuel
    );
}

#[test]
fn memory_is_bounded() {
    let execution = run("a = [0] * (1 << 27)", "");
    assert_eq!(execution.ending, Ending::Memory);
}

#[test]
fn output_is_bounded() {
    let execution = run("while True: print('x' * 1000)", "");
    assert_eq!(
        (execution.ending, execution.stdout.len()),
        (Ending::Output, 8 << 20)
    );
}

#[test]
fn there_are_no_files_and_no_network() {
    let execution = run("open('/etc/passwd')", "");
    assert!(String::from_utf8_lossy(&execution.stderr).contains("FileNotFoundError"));
    let execution = run("open('out.txt', 'w')", "");
    assert_eq!(execution.ending, Ending::Exit(1));
    let execution = run("import os\nprint(dict(os.environ), os.listdir('/'))", "");
    assert_ne!(execution.ending, Ending::Ok);
}

#[test]
fn a_syntax_error_is_a_compile_failure_with_pythons_words() {
    let compiled = sandbox()
        .compile(Language::Python, b"print('a'\nx = = 2")
        .unwrap();
    let Err(failure) = compiled.outcome else {
        panic!("it compiles")
    };
    assert_eq!(failure.kind, CompileFailureKind::Diagnostics);
    assert!(
        failure.text.contains("SyntaxError: '(' was never closed"),
        "{}",
        failure.text
    );
}

#[test]
fn bytes_that_are_no_text_are_compile_failures() {
    for source in [
        &b"\xff\xfe\x00"[..],
        b"print(1)\0",
        b"# -*- coding: nonsense -*-\n",
    ] {
        let compiled = sandbox().compile(Language::Python, source).unwrap();
        assert!(compiled.outcome.is_err(), "{source:?}");
    }
}

#[test]
fn an_encoding_cookie_is_honoured() {
    let source = b"# -*- coding: latin-1 -*-\nprint(len('\xe5\xe4\xf6'))";
    let sandbox = sandbox();
    let program = sandbox
        .compile(Language::Python, source)
        .unwrap()
        .outcome
        .ok()
        .unwrap();
    let execution = sandbox
        .execute(&program, [].into(), &Limits::default(), &Cancel::new())
        .unwrap();
    assert_eq!(execution.stdout, b"3\n");
}

#[test]
fn a_bomb_in_the_source_ends_by_a_limit() {
    let deep = "(".repeat(100_000);
    let compiled = sandbox()
        .compile(Language::Python, deep.as_bytes())
        .unwrap();
    assert!(compiled.outcome.is_err());
}
