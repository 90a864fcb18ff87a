//! Hostile C, C++, Rust and Go sources: each ends in a clear failure to compile, or compiles to nothing special,
//! and none sees a file of this machine. Needs the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use riddle_sandbox::{
    CompileFailureKind::{
        self, Backstop, Diagnostics, Exhausted, ObjectTooLarge, SourceTooLarge, Unsupported,
    },
    CompileLimits, Language, Sandbox, SandboxOptions, default_cache,
};

/// CPU time of a compiler in [`check_bomb`]. By default it has ten times as much.
const BOMB_CPU_TIME: Duration = Duration::from_secs(2);
/// And elsewhere: no test waits for it.
const CPU_TIME: Duration = Duration::from_mins(1);

/// A sandbox with limits that are met soon.
fn sandbox(language: Language, unconfined: bool, cpu_time: Duration) -> Sandbox {
    let default = CompileLimits::default();
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        use_store: false,
        unconfined,
        compile_limits: CompileLimits {
            object_bytes: 32 << 20,
            // Go's programs set half a gigabyte of addresses aside before they begin.
            memory_bytes: match language {
                Language::Go => default.memory_bytes,
                _ => 768 << 20,
            },
            cpu_time,
            ..default
        },
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

/// Compiles with Landlock; C and C++ also without it, which must come to the same.
fn compile(language: Language, source: &[u8]) -> Option<(CompileFailureKind, String)> {
    let [with, without] = [false, true].map(|unconfined| {
        if unconfined && !matches!(language, Language::C | Language::Cpp) {
            return None;
        }
        let sandbox = sandbox(language, unconfined, CPU_TIME);
        let compiled = sandbox.compile(language, source).unwrap();
        let failure = compiled.outcome.err();
        Some(failure.map(|it| (it.kind, it.text)))
    });
    let with = with.expect("compiled");
    if let Some(without) = without {
        assert_eq!(with, without, "Landlock on and off");
    }
    with
}

/// Compiles C++ that must fail in one way, with a text that says what it should.
#[track_caller]
fn check(source: &str, kind: CompileFailureKind, fragment: &str) {
    check_bytes(Language::Cpp, source.as_bytes(), kind, fragment);
}

#[track_caller]
fn check_bytes(language: Language, source: &[u8], kind: CompileFailureKind, fragment: &str) {
    let (found, text) = compile(language, source).expect("it must not compile");
    assert_eq!(found, kind, "{text}");
    assert!(text.contains(fragment), "{text}");
    check_plain(&text);
}

/// Checks that messages are bounded and tell nothing of this machine.
#[track_caller]
fn check_plain(text: &str) {
    assert!(text.len() <= CompileLimits::default().diagnostics_bytes);
    assert!(
        text.chars()
            .all(|it| !it.is_control() || it == '\n' || it == '\t'),
        "{text:?}"
    );
    let cache = default_cache().unwrap();
    for secret in [
        "root:",
        "PATH=",
        cache.to_str().unwrap(),
        "riddle-",
        ".rustup",
    ] {
        assert!(!text.contains(secret), "{text}");
    }
}

/// Compiles what is endless as far as anyone can wait: it must meet a limit, and C and C++ do so
/// without Landlock, too.
#[track_caller]
fn check_bomb(language: Language, source: &str) {
    for unconfined in [false, true] {
        if unconfined && language == Language::Go {
            continue;
        }
        let compiled = sandbox(language, unconfined, BOMB_CPU_TIME)
            .compile(language, source.as_bytes())
            .unwrap();
        let failure = compiled.outcome.err().expect("it must not compile");
        let kind = failure.kind;
        assert!(matches!(kind, Exhausted | Backstop), "{}", failure.text);
        check_plain(&failure.text);
        // The linker does not run, and no other standard is tried.
        let most = BOMB_CPU_TIME + BOMB_CPU_TIME / 2;
        assert!(compiled.cpu_time < most, "{:?}", compiled.cpu_time);
    }
}

/// Compiles Rust that must fail in one way, as [`check`] does.
#[track_caller]
fn check_rust(source: &str, kind: CompileFailureKind, fragment: &str) {
    check_bytes(Language::Rust, source.as_bytes(), kind, fragment);
}

#[track_caller]
fn compiles(source: &str) {
    let failure = compile(Language::Cpp, source.as_bytes());
    assert_eq!(failure, None);
}

#[test]
fn files_elsewhere_cannot_be_included() {
    for name in [
        "\"/etc/passwd\"",
        "</proc/self/environ>",
        "\"../../../../../../../../etc/passwd\"",
        "</sysroot/../etc/passwd>",
        "\"/dev/stdin\"",
    ] {
        check(
            &format!("#include {name}\nint main() {{}}"),
            Diagnostics,
            "file not found",
        );
    }
}

#[test]
fn files_elsewhere_cannot_be_embedded() {
    for name in [
        "/etc/passwd",
        "overlay.json",
        "../overlay.json",
        "../main.o",
    ] {
        let source = format!("const char p[] = {{\n#embed \"{name}\"\n}};\nint main() {{}}");
        check(&source, Diagnostics, "file not found");
    }
}

#[test]
fn the_assembler_reads_no_files() {
    for directive in [".incbin", ".include"] {
        let assembly =
            format!("asm(\".section .rodata.x,\\\"\\\",@\\n{directive} \\\"/etc/passwd\\\"\\n\");");
        for source in [
            format!("{assembly} int main() {{}}"),
            format!("int main() {{ {assembly} }}"),
        ] {
            check(&source, Diagnostics, "inline assembly is disabled");
            check_bytes(
                Language::C,
                source.as_bytes(),
                Diagnostics,
                "inline assembly is disabled",
            );
        }
    }
    // What keeps the compiler from moving loads and stores is no assembly.
    compiles("int main() { asm volatile(\"\" ::: \"memory\"); }");
}

#[test]
fn whether_a_file_exists_cannot_be_asked() {
    compiles(
        "#if __has_include(\"/etc/passwd\") || __has_include(\"/tmp\") || __has_include(</dev/null>)
         #error visible
         #endif
         #if __has_embed(\"/etc/passwd\") || __has_embed(\"../overlay.json\")
         #error visible
         #endif
         int main() {}",
    );
}

#[test]
fn a_line_directive_names_a_file_and_shows_none_of_it() {
    check(
        "#line 1 \"/etc/passwd\"\nint main() { return nosuch; }",
        Diagnostics,
        "use of undeclared identifier 'nosuch'",
    );
}

#[test]
fn pragmas_load_nothing() {
    check(
        "#pragma clang module load x\nint main() {}",
        Diagnostics,
        "module 'x' not found",
    );
    check(
        "#pragma GCC dependency \"/etc/passwd\"\nint main() {}",
        Diagnostics,
        "file not found",
    );
    compiles("#pragma comment(lib, \"/etc/x\")\nint main() {}");
}

#[test]
fn endless_recursion_of_the_compiler_is_bounded() {
    check(
        "#include __FILE__\nint main() {}",
        Diagnostics,
        "nested too deeply",
    );
    check(
        "template <int N> struct A { static const int v = A<N + 1>::v; };
         int main() { return A<0>::v; }",
        Diagnostics,
        "exceeded maximum depth",
    );
    check(
        &format!(
            "int main() {{ return {}1{}; }}",
            "(".repeat(100_000),
            ")".repeat(100_000)
        ),
        Diagnostics,
        "nesting level exceeded",
    );
}

#[test]
fn endless_evaluation_at_compile_time_is_bounded() {
    check(
        "constexpr int f() { int x = 0; while (true) x ^= 1; return x; }
         static_assert(f() == 0); int main() {}",
        Diagnostics,
        "maximum step limit",
    );
}

#[test]
fn what_is_small_at_each_step_and_endless_in_all_meets_a_limit() {
    // Within the depth of includes, and two to the power of it.
    let includes = "#if __INCLUDE_LEVEL__ < 190\n#include __FILE__\n#include __FILE__\n#endif\n";
    check_bomb(Language::Cpp, &format!("{includes}int main() {{}}"));
    check_bomb(Language::C, &format!("{includes}int main() {{}}"));
    check_bomb(
        Language::Cpp,
        "template <int N, unsigned long long M> struct A { static const int v = A<N - 1, 2 * M>::v + A<N - 1, 2 * M + 1>::v; };
         template <unsigned long long M> struct A<0, M> { static const int v = 1; };
         int main() { return A<60, 0>::v; }",
    );
    // Within the steps of one evaluation, and thousands of evaluations.
    let evaluations = (0..9_000).map(|it| format!("C(f({it}));\n"));
    check_bomb(
        Language::Cpp,
        &format!(
            "#define C(x) static_assert(x >= 0, \"\")\n
             constexpr int f(int x) {{ for (int i = 0; i < 200000; i++) x ^= i; return x < 0 ? -x : x; }}
             {}int main() {{}}",
            evaluations.collect::<String>()
        ),
    );
}

#[test]
fn a_macro_that_grows_without_end_exhausts_memory() {
    let levels = (1..10).map(|level| {
        let below = vec![format!("A{}", level - 1); 10].join(",");
        format!("#define A{level} {below}\n")
    });
    let source = format!(
        "#define A0 x,x,x,x,x,x,x,x,x,x\n{}int x; int main() {{ A9; }}",
        levels.collect::<String>()
    );
    check_bytes(
        Language::C,
        source.as_bytes(),
        Exhausted,
        "limited to 805306368 bytes",
    );
}

#[test]
fn a_crash_of_the_compiler_is_the_sources_failure() {
    check(
        "#pragma clang __debug crash\nint main() {}",
        Exhausted,
        "crashed with signal",
    );
}

#[test]
fn a_program_over_the_cap_is_too_large() {
    for source in [
        "int a[1 << 24] = {1}; int main() {}",
        "int a[1 << 24]; int main() {}",
    ] {
        check_bytes(
            Language::C,
            source.as_bytes(),
            ObjectTooLarge,
            "33554432 bytes",
        );
    }
}

#[test]
fn a_source_over_the_cap_is_too_large() {
    let source = vec![b' '; 1 << 20];
    check_bytes(Language::Cpp, &source, SourceTooLarge, "1048576 bytes");
}

#[test]
fn a_flood_of_messages_is_cut() {
    let source = format!("int main() {{ {} }}", "nosuch(); ".repeat(20_000));
    check(&source, Diagnostics, "too many errors");
    check(
        &format!("int main() {{ {}; }}", "a".repeat(200_000)),
        Diagnostics,
        "aaaa",
    );
}

/// Returns macros of which the last stands for `first`, ten to the power of `levels` times.
fn tenfold(first: &str, levels: usize) -> String {
    let levels = (1..=levels).map(|level| {
        let below = vec![format!("M{}", level - 1); 10].join(" ");
        format!("#define M{level} {below}\n")
    });
    format!("#define M0 {first}\n{}", levels.collect::<String>())
}

#[test]
fn a_line_of_ten_megabytes_is_cut() {
    let long = tenfold("\"0123456789\"", 6);
    check(
        &format!("{long}static_assert(false, M6); int main() {{}}"),
        Diagnostics,
        "0123456789",
    );
    let source = format!("{long}int main() {{ return nosuch(M6); }}");
    check_bytes(
        Language::C,
        source.as_bytes(),
        Diagnostics,
        "undefined symbol: nosuch",
    );
}

#[test]
fn megabytes_of_messages_are_drained() {
    // The name of a type that doubles: each of five messages is megabytes.
    let types = (1..=17).map(|it| format!("typedef P<T{0}, T{0}> T{it};", it - 1));
    let source = format!(
        "template <class A, class B> struct P {{}}; typedef int T0; {}
         template <class T> void f() {{ T::nosuch(); }}
         int main() {{ f<T17>(); f<P<T17, int>>(); f<P<T17, char>>(); f<P<T17, long>>(); f<P<int, T17>>(); }}",
        types.collect::<String>()
    );
    check(&source, Diagnostics, "P<P<P<");
}

#[test]
fn bytes_that_are_no_text_are_a_failure_to_compile() {
    check_bytes(Language::Cpp, &[0; 1000], Diagnostics, "undefined symbol");
    check_bytes(
        Language::Cpp,
        b"int main() { \xff\xfe\xc3( }",
        Diagnostics,
        "UTF-8",
    );
    check_bytes(Language::C, b"", Diagnostics, "undefined symbol");
}

#[test]
fn messages_hold_nothing_that_a_terminal_acts_on() {
    check(
        "int main() { static_assert(false, \"\u{1b}]0;owned\u{7}\u{1b}[31mred\u{9b}\"); }",
        Diagnostics,
        "static assertion failed",
    );
}

#[test]
fn what_is_missing_here_is_counted_apart() {
    check(
        "#include <ext/pb_ds/list_update_policy.hpp>\nint main() {}",
        Unsupported,
        "pb_ds",
    );
    check(
        "#include <immintrin.h>\nint main() { __m256i x; }",
        Unsupported,
        "__m256i",
    );
}

#[test]
fn cost_is_counted_also_for_what_fails() {
    let compiled = sandbox(Language::C, false, CPU_TIME)
        .compile(Language::C, b"int main() { return x; }")
        .unwrap();
    assert!(compiled.outcome.is_err());
    assert!(compiled.cpu_time > Duration::ZERO);
}

#[test]
fn rust_reads_no_other_file() {
    for name in [
        "/etc/passwd",
        "/etc/nosuch",
        "/proc/self/environ",
        "../../../../../../etc/passwd",
        // The compiler itself reads it.
        "/etc/ld.so.cache",
        "/etc",
    ] {
        for source in [
            format!("fn main() {{ print!(\"{{}}\", include_str!({name:?})); }}"),
            format!("fn main() {{ print!(\"{{}}\", include_bytes!({name:?}).len()); }}"),
            format!("include!({name:?}); fn main() {{}}"),
            format!("#[path = {name:?}] mod other; fn main() {{}}"),
            format!("#[path = {name:?}] mod a {{ mod b; }} fn main() {{}}"),
            format!("#[doc = include_str!({name:?})] fn main() {{}}"),
        ] {
            let (kind, text) = compile(Language::Rust, source.as_bytes()).expect(&source);
            assert_eq!(kind, Diagnostics, "{source}: {text}");
            let expected = "error: a candidate reads no file but its own";
            assert!(text.contains(expected), "{source}: {text}");
            assert!(
                !text.contains("denied") && !text.contains("No such"),
                "{text}"
            );
        }
    }
    check_rust(
        "mod other; fn main() {}",
        Diagnostics,
        "no file but its own",
    );
}

#[test]
fn rust_sees_no_environment_and_runs_nothing_else() {
    check_rust(
        "fn main() { env!(\"PATH\"); }",
        Diagnostics,
        "not defined at compile time",
    );
    let source = b"const _: () = assert!(option_env!(\"PATH\").is_none()); fn main() {}";
    assert_eq!(compile(Language::Rust, source), None);
    check_rust(
        "std::arch::global_asm!(\".incbin \\\"/etc/passwd\\\"\"); fn main() {}",
        Diagnostics,
        "assembly is not stable",
    );
    check_rust(
        "#![feature(rustc_private)] fn main() {}",
        Diagnostics,
        "E0554",
    );
    check_rust(
        "extern \"C\" { fn nowhere(); } fn main() { unsafe { nowhere() } }",
        Diagnostics,
        "undefined symbol: nowhere",
    );
}

#[test]
fn rust_is_bounded_at_compile_time() {
    let endless = "const fn f() -> u64 { let mut x = 0; loop { x ^= 1; } } const X: u64 = f(); fn main() { print!(\"{X}\"); }";
    check_rust(
        endless,
        Diagnostics,
        "constant evaluation is taking a long time",
    );
    check_rust(
        &format!("#![allow(long_running_const_eval)] {endless}"),
        Diagnostics,
        "evaluation at compile time is bounded",
    );
    check_rust(
        "fn f<T>(n: u32, t: T) { if n > 0 { f(n - 1, (t, 1)); } } fn main() { f(5, 1); }",
        Diagnostics,
        "reached the recursion limit",
    );
    check_rust(
        "trait A {} struct S<T>(T); impl<T> A for T where S<T>: A {} fn g<T: A>() {} fn main() { g::<u8>() }",
        Diagnostics,
        "overflow evaluating",
    );
    check_rust(
        "macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*) } } fn main() { m!(a); }",
        Exhausted,
        "limited to 805306368 bytes",
    );
    let nested = format!(
        "fn main() {{ {}1{}; }}",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    check_rust(&nested, Exhausted, "crashed");
    check_rust(
        "static A: [u64; 1 << 22] = [1; 1 << 22]; fn main() { print!(\"{}\", A[std::env::args().count()]); }",
        ObjectTooLarge,
        "33554432 bytes",
    );
}

#[test]
fn messages_of_rust_are_bounded_and_plain() {
    let source = format!("fn main() {{ {} }}", "nosuch();\n".repeat(2_000));
    check_rust(&source, Diagnostics, "cannot find function `nosuch`");
    check_rust(
        "compile_error!(\"\\u{1b}[31mred\"); fn main() {}",
        Diagnostics,
        "red",
    );
    check_bytes(
        Language::Rust,
        b"fn main() { \xff }",
        Diagnostics,
        "not UTF-8",
    );
    check_bytes(
        Language::Rust,
        &[0; 1000],
        Diagnostics,
        "unknown start of token",
    );
    check_rust("", Diagnostics, "`main` function not found");
    check_rust("use proconio::input; fn main() {}", Unsupported, "proconio");
}

/// Compiles Go that must fail in one way, as [`check`] does.
#[track_caller]
fn check_go(source: &str, kind: CompileFailureKind, fragment: &str) {
    let source = format!("package main\n{source}\n");
    check_bytes(Language::Go, source.as_bytes(), kind, fragment);
}

#[test]
fn go_reads_no_other_file() {
    for name in [
        "/etc/passwd",
        "/etc/nosuch",
        "../../../etc/passwd",
        "main.go",
    ] {
        check_go(
            &format!("import _ \"embed\"\n//go:embed {name}\nvar s string\nfunc main() {{}}"),
            Diagnostics,
            "invalid go:embed: build system did not supply embed configuration",
        );
        check_go(
            &format!("import {name:?}\nfunc main() {{}}"),
            Diagnostics,
            "could not import",
        );
    }
    check_go(
        "//line /etc/passwd:1\nfunc main() { nosuch() }",
        Diagnostics,
        "/etc/passwd:1: undefined: nosuch",
    );
}

#[test]
fn go_imports_the_standard_library_and_nothing_else() {
    for name in ["nosuch", "internal/abi", "example.org/x"] {
        check_go(
            &format!("import {name:?}\nfunc main() {{}}"),
            Diagnostics,
            "there is the standard library and nothing else",
        );
    }
    for name in ["github.com/x/y", "golang.org/x/exp/slices"] {
        check_go(
            &format!("import {name:?}\nfunc main() {{}}"),
            Unsupported,
            name,
        );
    }
    check_go(
        "// #include </etc/passwd>\nimport \"C\"\nfunc main() {}",
        Diagnostics,
        "there is no C",
    );
    check_go(
        "import \"./main\"\nfunc main() {}",
        Diagnostics,
        "local imports disallowed",
    );
}

#[test]
fn go_links_nothing_that_is_not_its_own() {
    check_go(
        "func f()\nfunc main() { f() }",
        Diagnostics,
        "missing function body",
    );
    check_go(
        "import _ \"unsafe\"\n//go:linkname f runtime.gcStart\nfunc f()\nfunc main() { f() }",
        Diagnostics,
        "invalid reference to runtime.gcStart",
    );
    check_go(
        "import _ \"unsafe\"\n//go:linkname f runtime.stopTheWorld\nvar f int\nfunc main() { f = 1 }",
        Diagnostics,
        "link: main: invalid reference to runtime.stopTheWorld",
    );
    check_go(
        "//go:cgo_ldflag \"/etc/passwd\"\nfunc main() {}",
        Diagnostics,
        "only allowed in cgo-generated code",
    );
    check_go(
        "//go:wasmimport nowhere f\nfunc f()\nfunc main() { f() }",
        Diagnostics,
        "nowhere",
    );
    check_go(
        "//go:wasmexport _start\nfunc f() {}\nfunc main() { f() }",
        Diagnostics,
        "duplicate export name `_start`",
    );
    // Memory without types is memory of its own.
    let source = b"package main\nimport \"unsafe\"\nfunc main() { x := 1; *(*int)(unsafe.Pointer(&x)) = 2; println(x) }\n";
    assert_eq!(compile(Language::Go, source), None);
}

#[test]
fn go_is_bounded_at_compile_time() {
    check_go(
        "const x = 1 << 100000000\nfunc main() { println(x) }",
        Diagnostics,
        "shift",
    );
    check_go(
        "type T [2]T\nfunc main() { var x T; println(len(x)) }",
        Diagnostics,
        "invalid recursive type",
    );
    check_go(
        "type P[A, B any] struct{}\nfunc f[T any](n int) { if n > 0 { f[P[T, T]](n - 1) } }\nfunc main() { f[int](5) }",
        Diagnostics,
        "instantiation cycle",
    );
    check_go(
        "var a [1 << 40]byte\nfunc main() { println(a[len(a) - 1]) }",
        Diagnostics,
        "symbol too large",
    );
    let doubled = |levels: usize| {
        let levels = (1..=levels).map(|it| format!("const c{it} = c{0} + c{0}\n", it - 1));
        let levels = levels.collect::<String>();
        format!("const c0 = \"0123456789\"\n{levels}")
    };
    check_go(
        &format!("{}func main() {{ println(c22) }}", doubled(22)),
        ObjectTooLarge,
        "33554432 bytes",
    );
    check_go(
        &format!("{}func main() {{ println(c27) }}", doubled(27)),
        Exhausted,
        "limited to 2147483648 bytes",
    );
    // What takes the compiler time and no memory.
    let types = (1..40).map(|it| format!("type T{it} struct {{ a, b T{} }}\n", it - 1));
    check_bomb(
        Language::Go,
        &format!(
            "package main\ntype T0 struct {{ a int }}\n{}func main() {{ var x, y T39; println(x == y) }}\n",
            types.collect::<String>()
        ),
    );
    let [open, close] = ["{", "}"].map(|it| it.repeat(100_000));
    check_bomb(
        Language::Go,
        &format!("package main\nfunc main() {{ {open} {close} }}\n"),
    );
}

#[test]
fn messages_of_go_are_bounded_and_plain() {
    check_go(
        &format!("func main() {{ {} }}", "nosuch();\n".repeat(2_000)),
        Diagnostics,
        "too many errors",
    );
    check_go(
        &format!("func main() {{ {}() }}", "a".repeat(200_000)),
        Diagnostics,
        "aaaa",
    );
    check_go(
        "//line \u{1b}[31mred.go:1\nfunc main() { nosuch() }",
        Diagnostics,
        "nosuch",
    );
    check_bytes(
        Language::Go,
        b"package main\nfunc main() { \xff }",
        Diagnostics,
        "UTF-8",
    );
    check_bytes(Language::Go, &[0; 1000], Diagnostics, "NUL");
    check_bytes(Language::Go, b"", Diagnostics, "package");
    check_bytes(
        Language::Go,
        b"package x\nfunc main() {}\n",
        Diagnostics,
        "main",
    );
    check_go("", Diagnostics, "function main is undeclared");
}
