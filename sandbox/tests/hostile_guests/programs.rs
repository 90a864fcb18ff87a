//! Hostile C: the same attempts through libc, on the shared runtime. `cpp.rs` has those through libc++.

use std::sync::LazyLock;

use riddle_sandbox::{
    Cancel,
    Ending::{self, Exit, Fuel, Memory, Ok as Fine, Output},
    Execution, Language, Limits, Sandbox, SandboxOptions, default_cache,
};

use super::{program, seen};

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    let options = SandboxOptions {
        n_slots: 1,
        ..SandboxOptions::new(cache)
    };
    Sandbox::open(options).unwrap()
});

/// How a program must end.
pub(super) enum Expected {
    /// Exactly so, having printed this.
    As(Ending, &'static str),
    /// By a trap of any words.
    Trap,
}
use Expected::{As, Trap};

fn limits() -> Limits {
    Limits {
        fuel: 2_000_000_000,
        memory_bytes: 64 << 20,
        stdout_bytes: 1 << 16,
        ..Limits::default()
    }
}

/// Compiles each program and runs it twice: the end must be as expected, and all the same each time.
#[track_caller]
pub(super) fn check_all<'a>(
    language: Language,
    table: impl IntoIterator<Item = (&'a str, &'a str, Expected)>,
) {
    let headers = match language {
        Language::Cpp => "#include <bits/stdc++.h>\nusing namespace std;\n",
        _ => {
            "#include <setjmp.h>\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\
             #include <time.h>\n#include <unistd.h>\n"
        }
    };
    let mut faults = Vec::new();
    for (what, source, expected) in table {
        let source = if source.contains("main(") {
            format!("{headers}{source}")
        } else {
            format!("{headers}int main() {{ {source} }}")
        };
        let program = program(&SANDBOX, language, source.as_bytes());
        let [one, other] = [0, 1].map(|_| -> Execution {
            SANDBOX
                .execute(
                    &program,
                    b"1 2 3\n".as_slice().into(),
                    &limits(),
                    &Cancel::new(),
                )
                .unwrap()
        });
        let stdout = String::from_utf8_lossy(&one.stdout);
        let is_as_expected = match &expected {
            As(ending, printed) => {
                one.ending == *ending
                    && (stdout == *printed || *ending == Output || *ending == Fuel)
            }
            Trap => matches!(one.ending, Ending::Trap(_)),
        };
        if !is_as_expected {
            let stderr = String::from_utf8_lossy(&one.stderr);
            faults.push(format!("{what}: {:?} {stdout:?} {stderr:?}", one.ending));
        }
        if seen(&one) != seen(&other) {
            faults.push(format!("{what}: {one:?}, then {other:?}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn endless_work_in_the_c_library_runs_out_of_fuel() {
    check_all(
        Language::C,
        [
            (
                "strlen",
                "volatile size_t n; static char s[4096]; memset(s, 'a', 4095); for (;;) n = strlen(s);",
                As(Fuel, ""),
            ),
            (
                "sprintf",
                "char s[512]; for (;;) sprintf(s, \"%d %s %.17g\", 7, \"x\", 0.1);",
                As(Fuel, ""),
            ),
            (
                "sscanf",
                "double d; for (;;) sscanf(\"1e300\", \"%lf\", &d);",
                As(Fuel, ""),
            ),
            (
                "memset",
                "char* p = malloc(1 << 24); for (;;) { memset(p, 7, 1 << 24); *(volatile char*)p; }",
                As(Fuel, ""),
            ),
            (
                "memmove",
                "char* p = malloc(1 << 24); for (;;) { memmove(p, p + 1, (1 << 24) - 1); *(volatile char*)p; }",
                As(Fuel, ""),
            ),
            (
                "malloc and free",
                "for (;;) { void* volatile p = malloc(100); free(p); }",
                As(Fuel, ""),
            ),
            (
                "realloc",
                "void* p = 0; for (;;) p = realloc(p, rand() % 100000);",
                As(Fuel, ""),
            ),
            (
                "getchar after the end",
                "volatile int c; for (;;) c = getchar();",
                As(Fuel, ""),
            ),
            (
                "a flush each time",
                "for (;;) fflush(stdout);",
                As(Fuel, ""),
            ),
            ("time", "while (time(0) < 1900000000);", As(Fuel, "")),
            ("clock", "while (clock() >= 0);", As(Fuel, "")),
            ("sleep", "for (;;) sleep(1000);", As(Fuel, "")),
            ("usleep", "for (;;) usleep(1);", As(Fuel, "")),
            (
                "sbrk of nothing",
                "void* volatile p; for (;;) p = sbrk(0);",
                As(Fuel, ""),
            ),
            (
                "qsort, endlessly",
                "int a[100]; for (int i = 0; i < 100; i++) a[i] = i; int f(const void* x, const void* y); \
            for (;;) qsort(a, 100, 4, f); } int f(const void* x, const void* y) { for (;;) __asm__ volatile(\"\"); return 0;",
                As(Fuel, ""),
            ),
        ],
    );
}

#[test]
fn floods_and_bombs_of_c_end_at_their_limits() {
    check_all(
        Language::C,
        [
            ("puts", "for (;;) puts(\"flood\");", As(Output, "")),
            (
                "a byte at a time",
                "setvbuf(stdout, 0, _IONBF, 0); for (;;) putchar('x');",
                As(Output, ""),
            ),
            ("write", "for (;;) write(1, \"flood\", 5);", As(Output, "")),
            (
                "one large write",
                "static char s[1 << 20]; fwrite(s, 1, sizeof s, stdout); fflush(stdout);",
                As(Output, ""),
            ),
            ("a wide field", "printf(\"%2000000d\", 7);", As(Output, "")),
            (
                "standard error",
                "for (;;) fputs(\"flood\", stderr);",
                As(Fuel, ""),
            ),
            (
                "malloc",
                "for (;;) { char* volatile p = malloc(1 << 20); memset(p, 1, 1 << 20); }",
                As(Memory, ""),
            ),
            (
                "calloc of all",
                "void* volatile p = calloc(1, 0x70000000); return !p;",
                As(Memory, ""),
            ),
            (
                "a size that is none",
                "volatile size_t n = -1; void* volatile p = malloc(n); return p != 0;",
                As(Fine, ""),
            ),
            (
                "recursion",
                "int f(int); return f(1); } int f(int n) { volatile char s[100]; s[n % 100] = n; return f(n + 1) + s[n % 100];",
                Trap,
            ),
            (
                "a large frame",
                "volatile char s[300 << 20]; volatile int n = 0; s[n] = 1; return s[n] - 1;",
                Trap,
            ),
            (
                "alloca",
                "for (;;) { volatile char* p = __builtin_alloca(1 << 20); *p = 1; }",
                Trap,
            ),
        ],
    );
}

#[test]
fn comparators_that_lie_exit_or_jump_harm_nobody() {
    check_all(
        Language::C,
        [
            (
                "always greater",
                "static int a[1000]; int f(const void*, const void*); qsort(a, 1000, 4, f); puts(\"sorted\"); \
            } int f(const void* x, const void* y) { return 1;",
                As(Fine, "sorted\n"),
            ),
            (
                "by chance",
                "static int a[1000]; int f(const void*, const void*); qsort(a, 1000, 4, f); puts(\"sorted\"); \
            } int f(const void* x, const void* y) { return rand() % 3 - 1;",
                As(Fine, "sorted\n"),
            ),
            (
                "exits",
                "static int a[1000]; int f(const void*, const void*); qsort(a, 1000, 4, f); puts(\"sorted\"); \
            } int f(const void* x, const void* y) { exit(9);",
                As(Exit(9), ""),
            ),
            (
                "of another type",
                "static int a[10]; qsort(a, 10, 4, (int (*)(const void*, const void*))puts); return 0;",
                Trap,
            ),
            (
                "jumps out",
                "static int a[1000]; int f(const void*, const void*); extern jmp_buf b; \
            if (setjmp(b)) { puts(\"out\"); return 0; } qsort(a, 1000, 4, f); \
            } jmp_buf b; int f(const void* x, const void* y) { longjmp(b, 1);",
                As(Fine, "out\n"),
            ),
        ],
    );
}

#[test]
fn jumps_to_where_nothing_is_are_traps() {
    check_all(
        Language::C,
        [
            (
                "a function that has returned",
                "void f(void); f(); extern jmp_buf b; longjmp(b, 1); } jmp_buf b; \
            __attribute__((noinline)) void f(void) { if (setjmp(b)) puts(\"again\");",
                Trap,
            ),
            (
                "a buffer that was never set",
                "static jmp_buf b; longjmp(b, 1);",
                Trap,
            ),
            (
                "0 becomes 1",
                "jmp_buf b; int n = setjmp(b); if (n) { printf(\"%d\\n\", n); return 0; } longjmp(b, 0);",
                As(Fine, "1\n"),
            ),
            (
                "again and again",
                "static jmp_buf b; setjmp(b); usleep(1000); longjmp(b, 1);",
                As(Fuel, ""),
            ),
        ],
    );
}

#[test]
fn the_world_is_not_there() {
    check_all(
        Language::C,
        [
            (
                "files",
                "for (const char** p = (const char*[]){\"/etc/passwd\", \"../secret\", \"/proc/self/maps\", \"a\", \"\", 0}; *p; p++) \
            if (fopen(*p, \"r\") || fopen(*p, \"w\") || fopen(*p, \"a+\")) return 1;",
                As(Fine, ""),
            ),
            (
                "a file instead of the input",
                "printf(\"%d\\n\", freopen(\"/etc/passwd\", \"r\", stdin) == 0);",
                As(Fine, "1\n"),
            ),
            (
                "descriptors",
                "char c; for (int fd = 3; fd < 1000; fd++) if (read(fd, &c, 1) >= 0 || write(fd, &c, 1) >= 0) return 1;",
                As(Fine, ""),
            ),
            (
                "the environment",
                "return getenv(\"HOME\") || getenv(\"PATH\") || getenv(\"RIDDLE_CACHE\");",
                As(Fine, ""),
            ),
            (
                "arguments",
                "int main(int argc, char** argv) { return argc > 1 || (argc && argv[1]); }",
                As(Fine, ""),
            ),
            (
                "arguments by the million",
                "int main(int argc, char** argv) { for (int i = 0; i < 1000000; i++) if (argv[i] && i >= argc) \
            return 0; return 0; }",
                As(Fine, ""),
            ),
            (
                "closed output",
                "puts(\"a\"); fclose(stdout); return write(1, \"b\", 1) != -1;",
                As(Fine, "a\n"),
            ),
            (
                "a null pointer's page is ordinary memory, below the stack",
                "volatile int* p = 0; return *p & 0;",
                As(Fine, ""),
            ),
            (
                "a pointer out of memory",
                "volatile int* p = (int*)0xfffffff0; return *p;",
                Trap,
            ),
            (
                "a call of a number",
                "void (*volatile f)(void) = (void (*)(void))123456789; f();",
                Trap,
            ),
        ],
    );
}

#[test]
fn exits_are_eight_bits_from_wherever_they_come() {
    check_all(
        Language::C,
        [
            ("exit(256)", "exit(256);", As(Fine, "")),
            ("exit(-1)", "exit(-1);", As(Exit(255), "")),
            ("exit(127)", "exit(127);", As(Exit(127), "")),
            ("return 134", "return 134;", As(Exit(134), "")),
            ("return 2^31", "return -2147483647 - 1;", As(Fine, "")),
            (
                "_Exit, which flushes nothing",
                "printf(\"lost\"); _Exit(3);",
                As(Exit(3), ""),
            ),
            (
                "exit, which flushes",
                "printf(\"kept\"); exit(3);",
                As(Exit(3), "kept"),
            ),
            (
                "from a handler of exit",
                "void f(void); atexit(f); return 3; } void f(void) { puts(\"f\"); _Exit(4);",
                As(Exit(4), "f\n"),
            ),
            (
                "exit from a handler of exit",
                "void f(void); atexit(f); return 3; } void f(void) { exit(4);",
                As(Exit(4), ""),
            ),
            (
                "from a constructor",
                "return 3; } __attribute__((constructor)) void f(void) { exit(4);",
                As(Exit(4), ""),
            ),
            ("abort", "puts(\"a\"); fflush(stdout); abort();", Trap),
            ("raise", "raise(SIGSEGV);", Trap),
        ],
    );
    check_all(
        Language::Cpp,
        [
            (
                "from a global's constructor",
                "struct S { S() { cout << \"s\"; exit(4); } } s; int main() { return 3; }",
                As(Exit(4), "s"),
            ),
            (
                "from a global's destructor",
                "struct S { ~S() { cout << \"s\" << flush; _Exit(4); } } s; int main() { return 3; }",
                As(Exit(4), "s"),
            ),
            (
                "quick_exit",
                "at_quick_exit([] { _Exit(5); }); quick_exit(4);",
                As(Exit(5), ""),
            ),
            (
                "through what would be unwound",
                "struct S { ~S() { cout << \"no\"; } } s; try { exit(4); } catch (...) {} return 3;",
                As(Exit(4), ""),
            ),
        ],
    );
}
