//! Hostile C, C++ and Rust sources: each ends in a clear failure to compile, or compiles to nothing special,
//! and none sees a file of this machine. Needs the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use riddle_sandbox::{
    CompileFailureKind::{
        self, Diagnostics, Exhausted, ObjectTooLarge, SourceTooLarge, Unsupported,
    },
    CompileLimits, Language, Sandbox, SandboxOptions, default_cache,
};

/// A sandbox with limits that are met soon.
fn sandbox() -> Sandbox {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        use_store: false,
        compile_limits: CompileLimits {
            object_bytes: 32 << 20,
            memory_bytes: 768 << 20,
            ..CompileLimits::default()
        },
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

fn compile(language: Language, source: &[u8]) -> Option<(CompileFailureKind, String)> {
    let failure = sandbox().compile(language, source).unwrap().outcome.err()?;
    Some((failure.kind, failure.text))
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
        let source = format!(
            "asm(\".section .rodata.x,\\\"\\\",@\\n{directive} \\\"/etc/passwd\\\"\\n\"); int main() {{}}"
        );
        check(&source, Diagnostics, "Could not find");
    }
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
    let compiled = sandbox()
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
            let expected = "error: a candidate is one file, and reads no other";
            assert!(text.contains(expected), "{source}: {text}");
            assert!(
                !text.contains("denied") && !text.contains("No such"),
                "{text}"
            );
        }
    }
    check_rust("mod other; fn main() {}", Diagnostics, "is one file");
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
