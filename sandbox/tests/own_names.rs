//! C++ whose names, types and limits are a judge's and not ours: what is called, and how wide it is. Needs the
//! toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use riddle_sandbox::{
    CompileFailureKind, CompileLimits, Language, Sandbox, SandboxOptions, default_cache,
};

use common::check;

fn sandbox(compile_limits: CompileLimits) -> Sandbox {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        use_store: false,
        compile_limits,
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

#[test]
fn a_function_of_the_programs_own_is_called_and_not_the_librarys() {
    check(Language::Cpp, "#include <iostream>\n#include <algorithm>\nusing namespace std; typedef long long ll;
         ll gcd(ll a, ll b) { return b ? gcd(b, a % b) : a; } ll lcm(ll a, ll b) { return a / gcd(a, b) * b; }
         ll pow(ll a, ll b) { ll r = 1; while (b--) r = r * a % 1000000007; return r; }
         int main() { int a = 99999, b = 100000; cout << lcm(a, b) << ' ' << pow(3, 40) << endl; }", "5\n",
        "9999900000 953271190\n",
    );
}

#[test]
fn a_variable_may_have_a_name_that_its_headers_do_not_declare() {
    check(Language::Cpp, "#include <iostream>\nusing namespace std; int stack[9], queue[9], y1 = 1, index = 2; double sqrt = 3;
         int main() { stack[1] = 4; queue[2] = 5; cout << stack[1] + queue[2] + y1 + index + sqrt << endl; }", "5\n",
        "15\n",
    );
}

#[test]
fn a_program_of_2014_may_have_names_that_came_later() {
    check(Language::Cpp, "#include <bits/stdc++.h>\nusing namespace std; int size = 3, data[4]; typedef unsigned char byte;
         int main() { byte b = size; data[1] = b; vector<int> v(2); cout << data[1] + v.size() << endl; }", "5\n",
        "5\n",
    );
}

#[test]
fn overloads_for_long_and_for_long_long_stay_two() {
    check(Language::Cpp, "#include <bits/stdc++.h>\nusing namespace std;
         void print(int x) { cout << x; }\nvoid print(long x) { cout << x; }\nvoid print(long long x) { cout << x; }
         int main() { long x = 1L << 40; print(x); unsigned long y = bitset<64>(1ULL << 50).to_ulong(); cout << ' ' << y
         << ' ' << lroundl(1e15L) << endl; long z; cout << __builtin_smull_overflow(1L << 62, 4L, &z) << endl; }", "5\n",
        "1099511627776 1125899906842624 1000000000000000\n1\n",
    );
}

#[test]
fn many_formats_are_all_read_by_the_length_of_their_arguments() {
    let lines: Vec<String> = (0..700)
        .map(|n| {
            format!("  printf(\"value number {n} is %ld and then %ld\\n\", x + {n}, x * 2);\n")
        })
        .collect();
    let source = format!(
        "#include <cstdio>\nint main() {{ long x; scanf(\"%ld\", &x);\n{} }}",
        lines.concat()
    );
    let expected: Vec<String> = (0..700)
        .map(|n| format!("value number {n} is {} and then 10\n", n + 5))
        .collect();
    check(Language::Cpp, &source, "5\n", &expected.concat());
}

#[test]
fn what_a_random_engine_gives_has_64_bits() {
    check(
        Language::Cpp,
        "#include <bits/stdc++.h>\nint main() { std::mt19937 r(1); auto a = r() << 32; a ^= r();
         std::cout << a << ' ' << sizeof(uint_fast32_t) << std::endl; }",
        "5\n",
        "7692698082559361259 8\n",
    );
}

#[test]
fn variables_of_a_thread_are_unmade_at_its_end() {
    check(Language::Cpp, "#include <bits/stdc++.h>\nstruct A { ~A() { puts(\"bye\"); } };
         int main() { thread_local A a; thread_local std::vector<int> v(3); puts(v[0] ? \"\" : \"main\"); return 256; }", "5\n",
        "main\nbye\n",
    );
}

#[test]
fn a_weak_function_with_a_name_of_cs_library_is_the_programs_own() {
    check(
        Language::C,
        "#include <stdio.h>\n__attribute__((weak)) int toupper(int c) { return 77; }
         int (*volatile p)(int) = toupper; int main(void) { printf(\"%d\\n\", p('a')); return 0; }",
        "5\n",
        "77\n",
    );
}

#[test]
fn variables_set_far_apart_do_not_take_our_memory() {
    let variables: Vec<String> = (0..6000)
        .map(|n| format!("alignas(65536) char x{n} = 1;\n"))
        .collect();
    let source = format!("{}int main() {{}}", variables.concat());
    let limits = CompileLimits {
        source_bytes: 1 << 20,
        ..CompileLimits::default()
    };
    let outcome = sandbox(limits).compile(Language::Cpp, source.as_bytes());
    // Nothing of it is reached.
    assert!(outcome.unwrap().outcome.is_ok());
    let uses: Vec<String> = (0..6000).map(|n| format!("p = &x{n};")).collect();
    let source = format!(
        "{}char* volatile p; int main() {{ {} }}",
        variables.concat(),
        uses.concat()
    );
    let failure = sandbox(limits).compile(Language::Cpp, source.as_bytes());
    let failure = failure.unwrap().outcome.err().unwrap();
    assert_eq!(
        failure.kind,
        CompileFailureKind::ObjectTooLarge,
        "{}",
        failure.text
    );
}
