//! Python candidates in the sandbox. Needs the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table reads better without `&`"
)]

use riddle_sandbox::{
    Cancel, CompileFailureKind, Ending, Execution, Language, Limits, Sandbox, SandboxOptions,
    SourceFiles, default_cache,
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
    const INPUT: &str = "a b\nc\n";
    for (source, expected) in [
        ("print(sys.stdin.read().split())", "['a', 'b', 'c']"),
        ("print([l.strip() for l in sys.stdin])", "['a b', 'c']"),
        ("print(sys.stdin.readlines())", "['a b\\n', 'c\\n']"),
        (
            "print(list(iter(sys.stdin.readline, '')))",
            "['a b\\n', 'c\\n']",
        ),
        ("print(sys.stdin.buffer.readline())", "b'a b\\n'"),
        (
            "print(sys.stdin.buffer.read().split())",
            "[b'a', b'b', b'c']",
        ),
        (
            "input = sys.stdin.readline\nprint(input(), input(), repr(input()))",
            "a b\n c\n ''",
        ),
        ("print(input(), [l for l in sys.stdin])", "a b ['c\\n']"),
        ("print(open(0).read())", "a b\nc\n"),
        ("print(open(0, 'rb').read())", "b'a b\\nc\\n'"),
        ("print(*open(0))", "a b\n c\n"),
        ("print(open('/dev/stdin').read())", "a b\nc\n"),
        ("import os\nprint(os.read(0, 10))", "b'a b\\nc\\n'"),
        ("import os\nprint(os.fdopen(0).read())", "a b\nc\n"),
        ("import os\nprint(os.read(0, os.fstat(0).st_size))", "b''"),
        (
            "import fileinput\nprint(list(fileinput.input()))",
            "['a b\\n', 'c\\n']",
        ),
        (
            "import io, os\ninput = io.BytesIO(os.read(0, 1 << 20)).readline\nprint(input())",
            "b'a b\\n'",
        ),
        (
            "import io\nprint(io.TextIOWrapper(sys.stdin.buffer).readline())",
            "a b\n",
        ),
    ] {
        check(
            &format!("import sys\n{source}"),
            INPUT,
            &format!("{expected}\n"),
        );
    }
}

#[test]
fn all_that_was_written_comes_out_in_every_usual_way() {
    for (source, expected) in [
        ("print('a', end='')", "a"),
        ("print('a', flush=True)", "a\n"),
        ("sys.stdout.write('a')", "a"),
        (
            "print('a')\nsys.stdout.buffer.write(b'b')\nsys.stdout.flush()",
            "ba\n",
        ),
        ("import os\nos.write(1, b'a')", "a"),
        ("import atexit\natexit.register(print, 'a')", "a\n"),
        ("out = open(1, 'w')\nout.write('a')", "a"),
        (
            "import io\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer)\nprint('a')",
            "a\n",
        ),
        (
            "import io\nold, sys.stdout = sys.stdout, io.StringIO()\nprint('a')\nold.write(sys.stdout.getvalue())",
            "a\n",
        ),
        ("print('å')", "å\n"),
        ("print('x' * 100000)", &("x".repeat(100_000) + "\n")),
    ] {
        check(&format!("import sys\n{source}"), "", expected);
    }
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
    check_ending("quit(2)", Ending::Exit(2));
    check_ending("import sys; sys.exit(-1)", Ending::Exit(255));
    check_ending("import sys; sys.exit(3)", Ending::Exit(3));
    check_ending("import sys; sys.exit('message')", Ending::Exit(1));
    check_ending("import os; os._exit(4)", Ending::Exit(4));
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
fn recursion_goes_as_deep_as_a_program_asks_for() {
    for (source, expected) in [
        (
            "def f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(200000))",
            "200000\n",
        ),
        (
            "from functools import lru_cache\n@lru_cache(None)\n\
             def f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(50000))",
            "50000\n",
        ),
        (
            "class A:\n    def __init__(self, n): self.n = n\n    \
             def __add__(self, m): return m if self.n == 0 else A(self.n - 1) + (m + 1)\nprint(A(20000) + 0)",
            "20000\n",
        ),
        (
            "import resource\nresource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY,) * 2)\n\
             def f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(50000))",
            "50000\n",
        ),
    ] {
        check(
            &format!("import sys\nsys.setrecursionlimit(10**6)\n{source}"),
            "",
            expected,
        );
    }
}

#[test]
fn runaway_recursion_is_a_recursion_error() {
    for source in [
        "def f(): f()\nf()",
        "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())",
        "import sys\nsys.setrecursionlimit(10**9)\nfrom functools import cache\n@cache\ndef f(n): return f(n + 1)\nf(0)",
    ] {
        let execution = run_with(
            source,
            "",
            Limits {
                memory_bytes: 2 << 30,
                ..Limits::default()
            },
        );
        assert_eq!(execution.ending, Ending::Exit(1), "{source}");
        assert!(String::from_utf8_lossy(&execution.stderr).contains("RecursionError"));
    }
}

#[test]
fn recursion_without_a_limit_ends_by_some_limit_of_ours() {
    let execution = run(
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
        "",
    );
    assert!(
        matches!(
            execution.ending,
            Ending::Memory | Ending::Fuel | Ending::Trap(_) | Ending::Exit(1)
        ),
        "{:?}",
        execution.ending
    );
}

#[test]
fn modules_that_contest_programs_import_are_there() {
    let modules = "bisect collections math heapq itertools functools re string random decimal fractions \
        statistics json struct array copy operator typing dataclasses datetime calendar cmath queue \
        textwrap contextlib time enum hashlib io os sys threading traceback fileinput asyncio email.message \
        http.client xml.etree.ElementTree tomllib zoneinfo doctest pdb pydoc cProfile unittest.mock ipaddress \
        configparser argparse subprocess zipfile sched optparse cmd code codeop";
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
fn work_of_the_host_is_paid_in_fuel() {
    let little = run("import os\nos.urandom(1)", "").fuel;
    let much = run("import os\nos.urandom(1 << 20)", "").fuel;
    assert!(much > little + (1 << 20), "{little} {much}");
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

/// Compiles and runs a program of several files; its output, or the compiler's message.
fn run_files(main: &str, beside: &[(&str, &str)]) -> Result<Execution, String> {
    let sandbox = sandbox();
    let mut files = SourceFiles::default();
    for (name, text) in beside {
        files.add(name, (*text).into()).unwrap();
    }
    let compiled = sandbox
        .compile_with(Language::Python, main.as_bytes(), &files)
        .unwrap();
    let program = compiled.outcome.map_err(|failure| failure.text)?;
    Ok(sandbox
        .execute(
            &program,
            b"5\n"[..].into(),
            &Limits::default(),
            &Cancel::new(),
        )
        .unwrap())
}

#[test]
fn imports_its_own_modules() {
    let main = "
import util, shapes.circle as circle
from shapes import area
from shapes.deep.well import depth
import queue
class Own: pass
if __name__ == '__main__':
    print(util.double(int(input())), circle.name, area(), depth, queue.mine, __name__, Own.__module__)
    print(util.__file__, util.__name__, sorted(it for it in globals() if it.startswith('_p')))
";
    let beside = [
        (
            "util.py",
            "def double(x): return 2 * x\nassert __name__ == 'util'",
        ),
        (
            "shapes/__init__.py",
            "from .circle import name\ndef area(): return name + '!'",
        ),
        ("shapes/circle.py", "name = 'round'"),
        (
            "shapes/deep/well.py",
            "from ..circle import name\ndepth = len(name)",
        ),
        ("queue.py", "mine = True"),
        ("words.txt", "no code"),
    ];
    let execution = run_files(main, &beside).unwrap();
    let stderr = String::from_utf8_lossy(&execution.stderr);
    let stdout = String::from_utf8_lossy(&execution.stdout);
    assert_eq!(
        stdout, "10 round round! 5 True __main__ __main__\nutil.py util []\n",
        "{stderr}"
    );
}

#[test]
fn a_module_that_is_no_program_is_a_compile_error() {
    let text = run_files("import a", &[("lib/a.py", "x ="), ("a.py", "")]).unwrap_err();
    assert!(text.contains("File \"lib/a.py\", line 1"), "{text}");
}

#[test]
fn what_goes_wrong_in_a_module_is_told_as_of_the_program() {
    let execution = run_files("import a\na.f()", &[("a.py", "def f(): return 1 / 0")]).unwrap();
    assert_eq!(execution.ending, Ending::Exit(1));
    let stderr = String::from_utf8_lossy(&execution.stderr);
    assert!(
        stderr.ends_with("ZeroDivisionError: division by zero\n"),
        "{stderr}"
    );
    let gone = run_files("import b", &[("a.py", "")]).unwrap();
    assert!(String::from_utf8_lossy(&gone.stderr).contains("No module named 'b'"));
}

#[test]
fn names_that_left_the_library_are_there() {
    let source = "
from fractions import gcd
from collections import Iterable, Mapping, deque
import time, collections
print(gcd(12, 18), gcd(12, -18), gcd(0, 0), isinstance([], Iterable), isinstance({}, collections.Mapping))
print(time.clock() >= 0, collections.OrderedDict.__name__)
";
    check(source, "", "6 -6 0 True True\nTrue OrderedDict\n");
}
