//! Go candidates in the sandbox. Needs the toolchain that `riddle setup` builds.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use riddle_sandbox::{
    Cancel, CompileFailure, CompileFailureKind, Ending, Execution, Language, Limits, Sandbox,
    SandboxOptions, SourceFiles, default_cache,
};

/// What contestants import.
const IMPORTS: &str = "\"bufio\"; \"container/heap\"; \"fmt\"; \"math\"; \"math/big\"; \"os\"; \"sort\"; \"strconv\"; \"strings\"; \"sync\"; \"time\"";
/// Uses of them, so that a program need not use all.
const USES: &str = "var _ = bufio.NewReader; var _ = heap.Init; var _ = fmt.Print; var _ = math.Sqrt; var _ = big.NewInt; var _ = os.Exit; var _ = sort.Ints; var _ = strconv.Itoa; var _ = strings.Fields; var _ sync.Mutex; var _ = time.Now";

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
    run_within(source, input, &Limits::default())
}

fn run_within(source: &str, input: &str, limits: &Limits) -> Execution {
    let sandbox = sandbox(true);
    let compiled = sandbox.compile(Language::Go, source.as_bytes()).unwrap();
    let program = compiled
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text));
    let input = input.as_bytes().into();
    sandbox
        .execute(&program, input, limits, &Cancel::new())
        .unwrap()
}

/// Runs the body of a `main`.
fn run_main(main: &str, input: &str) -> Execution {
    let source = format!("package main\nimport ({IMPORTS})\n{USES}\nfunc main() {{\n{main}\n}}\n");
    run(&source, input)
}

#[track_caller]
fn check(main: &str, input: &str, expected: &str) {
    let execution = run_main(main, input);
    let stderr = String::from_utf8_lossy(&execution.stderr).into_owned();
    assert_eq!(execution.ending, Ending::Ok, "{stderr}");
    assert_eq!(String::from_utf8_lossy(&execution.stdout), expected);
}

/// Checks that a program ends as Go's do that panic: by exit code 2, after a message.
#[track_caller]
fn check_panic(main: &str, message: &str) {
    let execution = run_main(main, "");
    let stderr = String::from_utf8_lossy(&execution.stderr);
    assert_eq!(execution.ending, Ending::Exit(2), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
    assert!(stderr.contains("main.main()"), "{stderr}");
    assert!(!stderr.contains("riddle-"), "{stderr}");
}

fn failure(source: &str) -> CompileFailure {
    let compiled = sandbox(true).compile(Language::Go, source.as_bytes());
    let Err(failure) = compiled.unwrap().outcome else {
        panic!("it compiles")
    };
    failure
}

#[test]
fn contest_go_reads_and_prints() {
    check(
        "in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout); defer out.Flush()
         var n int; fmt.Fscan(in, &n); a := make([]int64, n); for i := range a { fmt.Fscan(in, &a[i]) }
         sort.Slice(a, func(i, j int) bool { return a[i] > a[j] }); fmt.Fprintf(out, \"%.3f %d %v\\n\", 0.5, a[0], a)",
        "3\n5 9000000000 7\n",
        "0.500 9000000000 [9000000000 7 5]\n",
    );
    check(
        "s := bufio.NewScanner(os.Stdin); s.Split(bufio.ScanWords); n := 0
         for s.Scan() { x, _ := strconv.Atoi(s.Text()); n += x }; fmt.Println(n)",
        "1 2\n3",
        "6\n",
    );
    check(
        "f := new(big.Int).MulRange(1, 25); fmt.Println(f, math.MaxInt, strings.Repeat(\"ab\", 2))",
        "",
        "15511210043330985984000000 9223372036854775807 abab\n",
    );
}

#[test]
fn goroutines_take_turns() {
    check(
        "c := make(chan int); var group sync.WaitGroup; var lock sync.Mutex; total := 0
         for i := 1; i <= 100; i++ { group.Add(1); go func() { defer group.Done(); lock.Lock(); total += i; lock.Unlock(); c <- i }() }
         go func() { group.Wait(); close(c) }(); n := 0; for range c { n++ }; fmt.Println(n, total)",
        "",
        "100 5050\n",
    );
    check_panic(
        "c := make(chan int); <-c",
        "all goroutines are asleep - deadlock!",
    );
}

#[test]
fn endings_are_what_a_judge_would_see() {
    check_panic("panic(\"lost\")", "panic: lost");
    check_panic(
        "var m map[string]int; m[\"a\"] = 1",
        "assignment to entry in nil map",
    );
    check_panic(
        "a := []int{1}; i := len(os.Args); fmt.Println(a[i+5])",
        "index out of range",
    );
    check_panic(
        "var p *time.Time; fmt.Println(p.Unix())",
        "nil pointer dereference",
    );
    check_panic(
        "zero := len(os.Args) - 1; if zero > 0 { zero = 0 }; fmt.Println(1 / (zero * 0))",
        "divide by zero",
    );
    assert_eq!(run_main("os.Exit(4)", "").ending, Ending::Exit(4));
    let execution = run_main("fmt.Print(\"x\"); os.Exit(0)", "");
    assert_eq!(
        (execution.ending, execution.stdout),
        (Ending::Ok, b"x".to_vec())
    );
    check(
        "defer func() { fmt.Println(\"recovered:\", recover()) }(); var a []int; a[len(os.Args)] = 1",
        "",
        "recovered: runtime error: index out of range [0] with length 0\n",
    );
}

#[test]
fn recursion_may_go_deep() {
    let source = "package main\nfunc f(n int) int { if n == 0 { return 0 }; return 1 + f(n-1) }\nfunc main() { println(f(1000000)) }\n";
    let execution = run(source, "");
    assert_eq!(execution.ending, Ending::Ok);
    assert_eq!(execution.stderr, b"1000000\n");
    let endless = source.replace("n == 0", "n == -1").replace("n-1", "n+1");
    let ending = run(&endless, "").ending;
    assert!(
        matches!(ending, Ending::Memory | Ending::Trap(_)),
        "{ending:?}"
    );
}

#[test]
fn memory_is_bounded() {
    let large = "a := make([]byte, 512<<20); for i := range a { a[i] = 1 }; fmt.Println(len(a))";
    assert_eq!(run_main(large, "").ending, Ending::Memory);
    let execution = run_main(
        "a := make([]int32, 1<<20); a[5] = 1; fmt.Println(len(a))",
        "",
    );
    assert_eq!(execution.ending, Ending::Ok);
    let used = execution.memory_bytes;
    assert!((4 << 20..32 << 20).contains(&used), "{used}");
    // What is not used any more is used again.
    check(
        "n := 0; for i := 0; i < 200; i++ { a := make([]byte, 8<<20); a[i] = 1; n += len(a) >> 20 }; fmt.Println(n)",
        "",
        "1600\n",
    );
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let limits = Limits {
        fuel: 5_000_000_000,
        ..Limits::default()
    };
    let source = "package main\nfunc main() { for i := 0; ; i++ { if i < 0 { break } } }\n";
    let execution = run_within(source, "", &limits);
    assert_eq!(execution.fuel, limits.fuel);
    assert_eq!(execution.ending, Ending::Fuel);
}

#[test]
fn copying_and_clearing_memory_is_paid_by_the_byte() {
    // Unpaid, 5,000,000,000 fuel would last for days.
    let limits = Limits {
        fuel: 5_000_000_000,
        ..Limits::default()
    };
    for work in ["copy(a, b)", "clear(a)"] {
        let source = format!(
            "package main\nfunc main() {{ a, b := make([]byte, 64<<20), make([]byte, 64<<20); for {{ {work}; _ = b }} }}\n"
        );
        let execution = run_within(&source, "", &limits);
        assert_eq!(execution.ending, Ending::Fuel, "{work}");
    }
}

#[test]
fn there_are_no_files_no_environment_and_no_processes() {
    check(
        "for _, name := range []string{\"/etc/passwd\", \"/\", \".\", \"main.go\"} { _, err := os.ReadFile(name); fmt.Println(err != nil) }
         _, err := os.Create(\"/tmp/x\"); _, err2 := os.StartProcess(\"/bin/sh\", nil, &os.ProcAttr{})
         fmt.Println(err != nil, err2 != nil, len(os.Environ()), len(os.Args))",
        "",
        "true\ntrue\ntrue\ntrue\ntrue true 0 0\n",
    );
}

#[test]
fn nothing_differs_from_run_to_run() {
    let main = "m := map[int]int{}; for i := 0; i < 50; i++ { m[i] = i }; for k := range m { fmt.Print(k, \" \") }
         x := new(int); fmt.Println(time.Now().UnixNano(), x)
         c := make(chan int); for i := 0; i < 9; i++ { go func() { c <- i }() }; for i := 0; i < 9; i++ { fmt.Print(<-c) }
         select { case <-time.After(time.Millisecond): fmt.Println(\"slept\") }";
    let [one, other] = [0, 1].map(|_| run_main(main, ""));
    assert_eq!(one.ending, Ending::Ok);
    assert_eq!(one.fuel, other.fuel);
    assert_eq!(one.stdout, other.stdout);
    assert!(one.stdout.ends_with(b"slept\n"));
}

#[test]
fn the_artifact_is_the_same_each_time() {
    let source = b"package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }\n";
    let [one, other] = [0, 1].map(|_| {
        let compiled = sandbox(false).compile(Language::Go, source).unwrap();
        compiled.outcome.ok().unwrap().digest()
    });
    assert_eq!(one, other);
}

#[test]
fn a_source_that_does_not_compile_says_why() {
    for (source, text) in [
        ("func main() { x }", "main.go:2:15: undefined: x"),
        (
            "func main() { x := 1 }",
            "main.go:2:15: declared and not used: x",
        ),
        (
            "import \"os\"\nfunc main() {}",
            "main.go:2:8: \"os\" imported and not used",
        ),
        (
            "func main() {",
            "main.go:2:14: syntax error: unexpected EOF, expected }",
        ),
    ] {
        let failure = failure(&format!("package main\n{source}"));
        assert_eq!(failure.kind, CompileFailureKind::Diagnostics);
        assert_eq!(failure.text, text);
    }
}

#[test]
fn the_whole_language_is_taken() {
    check(
        "type pair[K comparable, V any] struct { key K; value V }
         a := []pair[string, int]{{\"a\", 1}}; for i := range 3 { a = append(a, pair[string, int]{strconv.Itoa(i), max(i, 1)}) }
         for _, it := range a { fmt.Print(it.key, it.value, \" \") }; clear(a); fmt.Println(min(2, 1), a[0])",
        "",
        "a1 01 11 22 1 { 0}\n",
    );
}

#[test]
fn a_program_may_have_several_files() {
    let mut files = SourceFiles::default();
    for (name, text) in [
        (
            "double.go",
            "package main\nfunc double(x int) int { return 2 * x }",
        ),
        ("double_test.go", "package main\nimport \"testing\""),
        ("-o.go", "package flags"),
        ("_old.go", "package old"),
        ("lib/other.go", "package lib"),
        ("notes.txt", "no code"),
    ] {
        files.add(name, text.into()).unwrap();
    }
    let source = "package main\nimport \"fmt\"\nfunc main() { fmt.Println(double(21)) }";
    let sandbox = sandbox(true);
    let compile = |files: &SourceFiles| {
        let compiled = sandbox.compile_with(Language::Go, source.as_bytes(), files);
        compiled.unwrap().outcome.map_err(|failure| failure.text)
    };
    let program = compile(&files).unwrap();
    let execution = sandbox
        .execute(&program, b""[..].into(), &Limits::default(), &Cancel::new())
        .unwrap();
    assert_eq!(execution.stdout, b"42\n");
    let mut wrong = SourceFiles::default();
    wrong
        .add(
            "double.go",
            b"package main\nfunc double(x int) int { return y }".to_vec(),
        )
        .unwrap();
    let text = compile(&wrong).err().unwrap();
    assert!(text.starts_with("double.go:2:33: undefined: y"), "{text}");
}
