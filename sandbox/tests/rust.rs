//! Rust candidates in the sandbox. Needs the toolchain that `riddle setup` finds.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use riddle_sandbox::{
    Cancel, CompileFailure, CompileFailureKind, Ending, Execution, Language, Limits, Sandbox,
    SandboxOptions, SourceFiles, default_cache,
};

fn sandbox(use_store: bool) -> Sandbox {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        use_store,
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

fn run(source: &str, input: &str) -> Execution {
    let sandbox = sandbox(true);
    let compiled = sandbox.compile(Language::Rust, source.as_bytes()).unwrap();
    let program = compiled
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text));
    let input = input.as_bytes().into();
    sandbox
        .execute(&program, input, &Limits::default(), &Cancel::new())
        .unwrap()
}

/// Runs the body of a `main` with everything that contestants use in scope.
fn run_main(main: &str, input: &str) -> Execution {
    let source =
        format!("use std::{{collections::*, io::{{self, *}}, thread}};\nfn main() {{ {main} }}");
    run(&source, input)
}

#[track_caller]
fn check(main: &str, input: &str, expected: &str) {
    let execution = run_main(main, input);
    let stderr = String::from_utf8_lossy(&execution.stderr).into_owned();
    assert_eq!(execution.ending, Ending::Ok, "{stderr}");
    assert_eq!(String::from_utf8_lossy(&execution.stdout), expected);
}

/// Checks that a program ends in a trap after a message.
#[track_caller]
fn check_panic(main: &str, message: &str) {
    let execution = run_main(main, "");
    let stderr = String::from_utf8_lossy(&execution.stderr);
    assert!(matches!(execution.ending, Ending::Trap(_)), "{stderr}");
    assert!(stderr.contains("panicked at main.rs:2:"), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
}

fn failure(source: &str) -> CompileFailure {
    let compiled = sandbox(true).compile(Language::Rust, source.as_bytes());
    let Err(failure) = compiled.unwrap().outcome else {
        panic!("it compiles")
    };
    failure
}

#[test]
fn contest_rust_reads_and_prints() {
    check(
        "let mut all = String::new(); stdin().read_to_string(&mut all).unwrap();
         let mut a: Vec<i64> = all.split_whitespace().skip(1).map(|it| it.parse().unwrap()).collect();
         a.sort_unstable_by(|x, y| y.cmp(x)); let mut out = BufWriter::new(stdout().lock());
         writeln!(out, \"{:.3} {} {:?}\", 0.5, a[0], a).unwrap();",
        "3\n5 9000000000 7\n",
        "0.500 9000000000 [9000000000, 7, 5]\n",
    );
    check(
        "let mut line = String::new(); let n = stdin().read_line(&mut line).unwrap();
         let rest: Vec<String> = stdin().lock().lines().map(|it| it.unwrap()).collect();
         print!(\"{n} {line:?} {rest:?}\");",
        "a b\nc\nd",
        "4 \"a b\\n\" [\"c\", \"d\"]",
    );
}

#[test]
fn the_collections_are_there() {
    check(
        "let mut map = BTreeMap::new(); for word in \"b a b\".split(' ') { *map.entry(word).or_insert(0) += 1; }
         let mut heap: BinaryHeap<_> = [3, 1, 2].into(); let mut queue = VecDeque::from([1]); queue.push_front(0);
         let set: HashSet<i32> = (0..10).map(|it| it % 3).collect();
         println!(\"{map:?} {:?} {queue:?} {}\", heap.pop(), set.len());",
        "",
        "{\"a\": 1, \"b\": 2} Some(3) [0, 1] 3\n",
    );
}

#[test]
fn a_panic_is_a_trap_with_its_message() {
    check_panic("panic!(\"the {}\", 1);", "the 1");
    check_panic(
        "let a: Vec<i32> = vec![]; let i = a.len() + 3; print!(\"{}\", a[i]);",
        "index out of bounds: the len is 0 but the index is 3",
    );
    check_panic(
        "None::<i32>.unwrap();",
        "called `Option::unwrap()` on a `None`",
    );
    check_panic(
        "let zero = stdin().lines().count(); print!(\"{}\", 1 / zero);",
        "attempt to divide by zero",
    );
    check_panic(
        "std::cell::RefCell::new(1).try_borrow().unwrap(); assert!(1 > 2);",
        "1 > 2",
    );
}

#[test]
fn endings_are_what_a_judge_would_see() {
    assert_eq!(
        run_main("std::process::exit(4);", "").ending,
        Ending::Exit(4)
    );
    assert_eq!(
        run_main("print!(\"x\"); std::process::exit(0);", "").stdout,
        b"x"
    );
    assert!(matches!(
        run_main("std::process::abort();", "").ending,
        Ending::Trap(_)
    ));
    let source = "fn main() -> Result<(), String> { print!(\"x\"); Err(\"no\".into()) }";
    let execution = run(source, "");
    assert_eq!(execution.ending, Ending::Exit(1));
    assert_eq!(execution.stderr, b"Error: \"no\"\n");
}

#[test]
fn arithmetic_wraps_as_on_judges() {
    check(
        "let n = stdin().lines().count() as i32; println!(\"{} {}\", i32::MAX - n + 2, (n as u8) - 2);",
        "x\n",
        "-2147483648 255\n",
    );
}

#[test]
fn recursion_may_go_deep() {
    let source =
        "fn f(n: u64) -> u64 { if n == 0 { 0 } else { 1 + std::hint::black_box(f(n - 1)) } }
                  fn main() { println!(\"{}\", f(1_000_000)); }";
    let execution = run(source, "");
    assert_eq!(execution.ending, Ending::Ok);
    assert_eq!(execution.stdout, b"1000000\n");
    let endless = source
        .replace("n == 0", "n == u64::MAX")
        .replace("n - 1", "n + 1");
    assert!(matches!(run(&endless, "").ending, Ending::Trap(_)));
}

#[test]
fn a_thread_runs_to_its_end_when_it_is_started() {
    check(
        "let builder = thread::Builder::new().name(\"deep\".into()).stack_size(1 << 30);
         let deep = builder.spawn(|| thread::current().name().unwrap().len()).unwrap();
         let (sender, receiver) = std::sync::mpsc::channel();
         let others: Vec<_> = (0..3).map(|i| { let it = sender.clone(); thread::spawn(move || it.send(i).unwrap()) }).collect();
         for it in others { it.join().unwrap(); }
         drop(sender); let mut sum: usize = receiver.iter().sum(); thread::scope(|it| { it.spawn(|| sum += 4); });
         println!(\"{} {sum} {:?}\", deep.join().unwrap(), thread::current().name());",
        "",
        "4 7 Some(\"main\")\n",
    );
}

#[test]
fn an_allocator_of_its_own_is_taken() {
    let source = "use std::alloc::{GlobalAlloc, Layout, System};
        struct Counting;
        static mut COUNT: usize = 0;
        unsafe impl GlobalAlloc for Counting {
            unsafe fn alloc(&self, layout: Layout) -> *mut u8 { COUNT += 1; System.alloc(layout) }
            unsafe fn dealloc(&self, place: *mut u8, layout: Layout) { System.dealloc(place, layout) }
        }
        #[global_allocator]
        static ALLOCATOR: Counting = Counting;
        fn main() { let before = unsafe { COUNT }; let a = std::hint::black_box(vec![1, 2]); println!(\"{a:?} {}\", unsafe { COUNT } - before); }";
    assert_eq!(run(source, "").stdout, b"[1, 2] 1\n");
}

#[test]
fn memory_is_bounded_and_the_call_stack_not_counted() {
    let large = "let a = vec![1u8; 512 << 20]; println!(\"{}\", std::hint::black_box(a).len());";
    assert_eq!(run_main(large, "").ending, Ending::Memory);
    let execution = run(
        "static A: [i32; 1 << 20] = [0; 1 << 20]; fn main() { print!(\"{}\", std::hint::black_box(&A)[5]); }",
        "",
    );
    assert_eq!(execution.ending, Ending::Ok);
    let used = execution.memory_bytes;
    assert!((4 << 20..8 << 20).contains(&used), "{used}");
}

#[test]
fn nothing_differs_from_run_to_run() {
    let main = "let map: HashMap<i32, i32> = (0..50).map(|it| (it, it)).collect(); println!(\"{:?}\", map.keys());
         println!(\"{:?} {:?}\", std::time::SystemTime::now(), std::time::Instant::now());
         println!(\"{:?} {:?} {:p}\", std::env::args().count(), std::env::vars().count(), &map);";
    let [one, other] = [0, 1].map(|_| run_main(main, ""));
    assert_eq!(one.ending, Ending::Ok);
    assert_eq!(one.fuel, other.fuel);
    let [one, other] = [one, other].map(|it| String::from_utf8(it.stdout).unwrap());
    assert_eq!(one, other);
    assert!(one.contains("\n0 0 0x"), "{one}");
}

#[test]
fn the_artifact_is_the_same_each_time() {
    // Code of the standard library that can panic names its own files.
    let source = b"fn main() { let mut a: Vec<i32> = std::env::args().map(|it| it.len() as i32).collect(); a.remove(7); a.sort(); println!(\"{a:?}\"); }";
    let [one, other] = [0, 1].map(|_| {
        let compiled = sandbox(false).compile(Language::Rust, source).unwrap();
        compiled.outcome.ok().unwrap().digest()
    });
    assert_eq!(one, other);
}

#[test]
fn a_source_that_does_not_compile_says_why() {
    let failure = failure("fn main() { x }");
    assert_eq!(failure.kind, CompileFailureKind::Diagnostics);
    assert_eq!(
        failure.text,
        "main.rs:1:13: error[E0425]: cannot find value `x` in this scope: not found in this scope"
    );
}

#[test]
fn what_judges_warn_of_is_taken_and_what_they_deny_is_not() {
    check(
        "let unused = 1; let mut a = 2; if (a > 1) { return; }; a = 3;",
        "",
        "",
    );
    assert!(
        failure("fn main() { let x: u8 = 300; }")
            .text
            .contains("literal out of range")
    );
}

#[test]
fn a_source_of_the_next_edition_is_taken() {
    check(
        "if let Some(a) = Some(1) && a > 0 { println!(\"chained\"); } let gen_ = io::empty(); drop(gen_);",
        "",
        "chained\n",
    );
    // Here a word that the next edition keeps for itself.
    check("let gen = 1; println!(\"{gen}\");", "", "1\n");
}

#[test]
fn a_program_may_have_modules_in_files() {
    let mut files = SourceFiles::default();
    for (name, text) in [
        (
            "util.rs",
            "pub mod deep; pub fn double(x: i32) -> i32 { 2 * x }",
        ),
        (
            "util/deep.rs",
            "pub const TEXT: &str = include_str!(\"../words.txt\");",
        ),
        ("words.txt", "well"),
        ("unused.rs", "not read"),
    ] {
        files.add(name, text.into()).unwrap();
    }
    let sandbox = sandbox(true);
    let compile = |source: &str, files: &SourceFiles| {
        let compiled = sandbox.compile_with(Language::Rust, source.as_bytes(), files);
        compiled.unwrap().outcome.map_err(|failure| failure.text)
    };
    let source = "mod util; fn main() { println!(\"{} {}\", util::double(21), util::deep::TEXT); }";
    let program = compile(source, &files).unwrap();
    let execution = sandbox
        .execute(&program, b""[..].into(), &Limits::default(), &Cancel::new())
        .unwrap();
    assert_eq!(execution.stdout, b"42 well\n");
    for other in ["/etc/passwd", "/proc/self/environ", "../../x.rs"] {
        let source = format!("mod util; const X: &str = include_str!({other:?}); fn main() {{}}");
        let text = compile(&source, &files).err().unwrap();
        assert!(text.contains("reads no file but its own"), "{text}");
    }
}
