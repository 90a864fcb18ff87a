//! What the C and C++ libraries do where ours differ from the wheel's, or from those of judges. Needs
//! the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use riddle_sandbox::{Cancel, Ending, Language, Limits, SourceFiles};

use common::{check, run};

#[track_caller]
fn check_cpp(main: &str, expected: &str) {
    let source = format!("#include <bits/stdc++.h>\nusing namespace std;\nint main() {{ {main} }}");
    check(Language::Cpp, &source, "", expected);
}

#[test]
fn blocks_of_the_heap_keep_what_is_in_them() {
    check(Language::Cpp, include_str!("heap.cpp"), "", "ok\n");
}

/// The files that are compiled for it are those of the Python guest, to the byte.
#[test]
fn blocks_of_the_python_guests_heap_keep_what_is_in_them() {
    let sandbox = common::sandbox();
    let mut files = SourceFiles::default();
    for (name, text) in [
        ("heap.c", include_str!("../guest/python/heap.c")),
        ("malloc.c", include_str!("../support/malloc.c")),
    ] {
        files.add(name, text.into()).unwrap();
    }
    let main = include_str!("python_heap.c");
    let compiled = sandbox.compile_with(Language::C, main.as_bytes(), &files);
    let program = compiled
        .unwrap()
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text));
    let (limits, cancel) = (Limits::default(), Cancel::new());
    let seeds = b"1 22 333".as_slice().into();
    let execution = sandbox.execute(&program, seeds, &limits, &cancel).unwrap();
    let said = String::from_utf8_lossy(&execution.stdout);
    assert_eq!((execution.ending, &*said), (Ending::Ok, "ok\n"));
}

#[test]
fn a_block_freed_twice_traps() {
    let source = "#include <stdlib.h>
        void *volatile p; int main(void) { p = malloc(40); free(p); free(p); return 0; }";
    let ending = run(Language::C, source, "").ending;
    assert!(matches!(ending, Ending::Trap(_)), "{ending:?}");
}

#[test]
fn a_growing_vector_takes_what_it_takes_elsewhere() {
    let source = "#include <vector>
        int main() { std::vector<int> v; for (int i = 0; i < 10000000; i++) v.push_back(i); return v[5] != 5; }";
    let execution = run(Language::Cpp, source, "");
    assert_eq!(execution.ending, Ending::Ok);
    // 64 MiB at last, and what it outgrew; the wheel's own heap takes 257 MiB.
    assert!(
        execution.memory_bytes < 130 << 20,
        "{}",
        execution.memory_bytes
    );
}

#[test]
fn names_of_gnu_are_there() {
    check_cpp(
        "bitset<100> b; b[3] = b[64] = b[99] = 1;
         for (size_t i = b._Find_first(); i < b.size(); i = b._Find_next(i)) cout << i << ' ';
         bitset<5> none; cout << none._Find_first() << none._Find_next(4) << ' ';
         cout << __gcd(12, 18) << __gcd(12LL, 8LL) << ' ' << __lg(1000) << __lg(1LL << 40) << endl;",
        "3 64 99 55 64 940\n",
    );
}

#[test]
fn values_that_only_gnu_knows_at_compile_time_are_had_at_start() {
    check(
        Language::Cpp,
        "#include <cmath>\n#include <cstdio>
         constexpr double PI = acos(-1.0);
         constexpr double TAU = 2 * PI;
         int main() { static constexpr double R = sqrt(2.0); printf(\"%.4f %.4f\\n\", TAU, R); }",
        "",
        "6.2832 1.4142\n",
    );
}

#[test]
fn both_standards_are_read() {
    check_cpp(
        "vector<int> v{3, 1, 2}; random_shuffle(v.begin(), v.end()); auto_ptr<int> p(new int(5));
         register int x = *p; cout << x << endl;",
        "5\n",
    );
    check_cpp(
        "vector<int> v{3, 1, 2}; ranges::sort(v); set<int> s{1}; cout << v[0] << s.contains(1)
         << popcount(7u) << endl;",
        "113\n",
    );
}

#[test]
fn c_jumps_out_of_depths() {
    check(
        Language::C,
        "#include <setjmp.h>\n#include <stdio.h>
         jmp_buf place; void deep(int n) { if (n == 0) longjmp(place, 7); deep(n - 1); }
         int main(void) { int n = setjmp(place); printf(\"%d\\n\", n); if (n == 0) deep(100); return 0; }",
        "",
        "0\n7\n",
    );
}

#[test]
fn headers_that_say_nothing_here_may_be_included() {
    check_cpp("cout << 1 << endl;", "1\n");
    check(
        Language::Cpp,
        "#pragma GCC optimize(\"O3,unroll-loops\")\n#pragma GCC target(\"avx2,bmi,popcnt\")
         #include <immintrin.h>\n#include <bits/extc++.h>
         int main() { std::cout << __builtin_popcount(255) << std::endl; }",
        "",
        "8\n",
    );
}

#[test]
fn blocks_are_copied_and_filled_whatever_their_length() {
    check(
        Language::C,
        "#include <stdio.h>\n#include <string.h>
         volatile int limit = 80;
         int main(void) {
             static unsigned char a[300], b[300];
             for (int n = 0; n < limit; n++)
                 for (int from = 0; from < limit; from += 7)
                     for (int to = 0; to < limit; to += 5) {
                         for (int i = 0; i < 300; i++) a[i] = b[i] = i * 7;
                         memmove(a + to, a + from, n);
                         for (int i = 0; i < n; i++) if (a[to + i] != b[from + i]) return 1;
                         memcpy(a + 200, b, n); memset(b, n, n);
                         for (int i = 0; i < n; i++) if (b[i] != n) return 2;
                     }
             puts(\"ok\"); return 0; }",
        "",
        "ok\n",
    );
}
