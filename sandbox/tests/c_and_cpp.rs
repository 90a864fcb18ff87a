//! C and C++ candidates in the sandbox. Needs the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use riddle_sandbox::{CompileFailureKind, Ending, Language};

use common::{check, run, sandbox};

#[track_caller]
fn check_cpp(main: &str, input: &str, expected: &str) {
    let source = format!("#include <bits/stdc++.h>\nusing namespace std;\nint main() {{ {main} }}");
    check(Language::Cpp, &source, input, expected);
}

fn cpp_ending(main: &str) -> Ending {
    let source = format!("#include <bits/stdc++.h>\nusing namespace std;\nint main() {{ {main} }}");
    run(Language::Cpp, &source, "").ending
}

#[test]
fn contest_cpp_reads_and_prints() {
    check_cpp(
        "ios::sync_with_stdio(false); cin.tie(nullptr); int n; cin >> n; vector<long long> a(n);
         for (auto& x : a) cin >> x; sort(a.rbegin(), a.rend()); map<string, int> m; m[\"x\"] = 2;
         cout << fixed << setprecision(3) << 0.5 << ' ' << a[0] << ' ' << m[\"x\"] << endl;",
        "3\n5 9000000000 7\n",
        "0.500 9000000000 2\n",
    );
}

#[test]
fn input_may_be_read_to_its_end() {
    check_cpp(
        "string s; int n = 0; while (cin >> s) ++n; printf(\"%d\\n\", n);",
        "a b\nc",
        "3\n",
    );
    check_cpp(
        "string s; getline(cin, s); cout << s << '|' << char(cin.get());",
        "a b\nc",
        "a b|c",
    );
}

#[test]
fn names_of_headers_that_are_not_included_are_free() {
    check(
        Language::Cpp,
        "#include <iostream>\nusing namespace std;\nint set[3];
         int main() { set[1] = 7; cout << set[1] << endl; }",
        "",
        "7\n",
    );
    check(
        Language::Cpp,
        "#include <cstdio>\n#include <vector>\nusing namespace std;
         int queue(vector<int> a) { return (int)a.size(); }
         int main() { printf(\"%d\\n\", queue({1, 2})); }",
        "",
        "2\n",
    );
}

#[test]
fn an_instance_that_is_precompiled_may_be_specialized() {
    check(
        Language::Cpp,
        "#include <bits/stdc++.h>\nusing namespace std;
         template <> struct std::greater<pair<int, int>> {
             bool operator()(const pair<int, int>& a, const pair<int, int>& b) const { return a.second > b.second; }
         };
         int main() {
             priority_queue<pair<int, int>, vector<pair<int, int>>, greater<pair<int, int>>> q;
             q.push({1, 9}); q.push({5, 2}); cout << q.top().first << endl;
         }",
        "",
        "5\n",
    );
}

#[test]
fn what_the_library_defines_once_works_as_it_did() {
    check_cpp(
        "string s, t; char c; cin >> c >> s; getline(cin, t); getline(cin, t, ';');
         vector<pair<string, int>> v; for (int i = 0; i < 40; ++i) v.push_back({to_string(i * 7 % 40), i});
         sort(v.begin(), v.end()); map<int, int> m; for (auto& it : v) m[it.second] = 1; m.erase(3);
         cout << c << setw(4) << s << left << setw(3) << t << '|' << v[1].first << m.size() << \"x\" << endl;",
        "a bc\nd;",
        "a  bcd  |139x\n",
    );
}

#[test]
fn output_without_a_line_feed_is_flushed() {
    check_cpp("printf(\"%s\", \"a\"); cout << 'b';", "", "ab");
    check_cpp("cout << \"before exit\"; exit(0);", "", "before exit");
}

#[test]
fn exceptions_are_thrown_and_caught() {
    check_cpp(
        "try { vector<int> v(2); v.at(5); } catch (const out_of_range&) { cout << \"caught \"; }
         try { stoi(\"x\"); } catch (const exception& e) { cout << e.what() << ' '; }
         struct Guard { ~Guard() { cout << \"unwound \"; } };
         try { Guard g; throw 7; } catch (int code) { cout << code << endl; }",
        "",
        "caught stoi: no conversion unwound 7\n",
    );
}

#[test]
fn an_uncaught_exception_is_a_trap() {
    assert!(matches!(cpp_ending("throw 1;"), Ending::Trap(_)));
    assert!(matches!(
        cpp_ending("vector<int> v; v.at(1);"),
        Ending::Trap(_)
    ));
}

#[test]
fn endings_are_what_a_judge_would_see() {
    assert_eq!(cpp_ending("return 3;"), Ending::Exit(3));
    assert_eq!(cpp_ending("exit(4);"), Ending::Exit(4));
    assert!(matches!(cpp_ending("abort();"), Ending::Trap(_)));
    assert!(matches!(cpp_ending("assert(cin.fail());"), Ending::Trap(_)));
    let divide = "volatile int zero = 0, n = 7; printf(\"%d\", n / zero);";
    assert_eq!(
        cpp_ending(divide),
        Ending::Trap("integer divide by zero".into())
    );
}

#[test]
fn memory_is_bounded_and_the_call_stack_not_counted() {
    assert_eq!(
        cpp_ending("vector<char> v(300 << 20, 1); cout << accumulate(v.begin(), v.end(), 0LL);"),
        Ending::Memory
    );
    let execution = run(
        Language::Cpp,
        "int a[1 << 20]; int main() { return a[5]; }",
        "",
    );
    assert_eq!(execution.ending, Ending::Ok);
    assert!(
        (4 << 20..8 << 20).contains(&execution.memory_bytes),
        "{}",
        execution.memory_bytes
    );
}

#[test]
fn recursion_may_go_deep() {
    check(
        Language::Cpp,
        "#include <cstdio>\nint f(volatile int n) { int a[8]; a[n % 8] = n; return n ? f(n - 1) + a[n % 8] % 2 : 0; }
         int main() { printf(\"%d\\n\", f(500000)); }",
        "",
        "250000\n",
    );
}

#[test]
fn endless_recursion_traps() {
    assert!(matches!(
        run(Language::C, "int f(int n) { volatile int a[99]; a[n % 9] = n; return f(n + 1) + a[1]; } int main() { return f(0); }", "").ending,
        Ending::Trap(_)
    ));
}

#[test]
fn old_c_is_taken() {
    check(
        Language::C,
        "main() { int n; scanf(\"%d\", &n); printf(\"%d %s\\n\", n * 2, \"x\"); }",
        "21",
        "42 x\n",
    );
    check(
        Language::C,
        "#include <stdio.h>\nint main(void) { char s[100]; gets(s); long double x = 0.5L; printf(\"%s %.2Lf %lld\\n\", s, x, 1LL << 40); return 0; }",
        "a line\n",
        "a line 0.50 1099511627776\n",
    );
}

#[test]
fn gnu_extensions_are_there() {
    check_cpp(
        "cout << __builtin_popcount(7) << __gcd(12, 18) << ' ' << __lg(1000); int n = 3; int a[n]; a[0] = 1; cout << a[0];
         unsigned __int128 big = 1; big <<= 100; cout << (int)(big >> 98);",
        "",
        "36 914",
    );
}

#[test]
fn randomness_and_clocks_are_the_same_each_time() {
    let source = "#include <bits/stdc++.h>\nusing namespace std;\nint main() { random_device d; int x; cout << d() << ' ' << time(0) << ' '
        << clock() << ' ' << chrono::steady_clock::now().time_since_epoch().count() << ' ' << (size_t)&x << ' ' << (size_t)new int; }";
    let [one, other] = [0, 1].map(|_| run(Language::Cpp, source, ""));
    assert_eq!(one.ending, Ending::Ok);
    assert_eq!(
        String::from_utf8_lossy(&one.stdout),
        String::from_utf8_lossy(&other.stdout)
    );
    assert_eq!(one.fuel, other.fuel);
}

#[test]
fn a_source_that_does_not_compile_says_why() {
    let compiled = sandbox()
        .compile(Language::Cpp, b"int main() { return x; }")
        .unwrap();
    let Err(failure) = compiled.outcome else {
        panic!("it compiles")
    };
    assert_eq!(failure.kind, CompileFailureKind::Diagnostics);
    assert_eq!(
        failure.text.lines().next(),
        Some("main.cpp:1:21: error: use of undeclared identifier 'x'")
    );
}

#[test]
fn a_function_that_is_nowhere_is_a_compile_failure() {
    let compiled = sandbox()
        .compile(
            Language::Cpp,
            b"int nowhere(); int main() { return nowhere(); }",
        )
        .unwrap();
    let Err(failure) = compiled.outcome else {
        panic!("it links")
    };
    assert!(
        failure.text.contains("undefined symbol: nowhere()"),
        "{}",
        failure.text
    );
}

#[test]
fn the_same_program_in_other_words_is_one_artifact() {
    let sandbox = sandbox();
    let [one, other] = [
        "int main() { return 0; }",
        "// a comment\nint  main(void)\n{\n return 2 - 2; }",
    ]
    .map(|source| {
        sandbox
            .compile(Language::C, source.as_bytes())
            .unwrap()
            .outcome
            .ok()
            .unwrap()
    });
    assert_eq!(one.digest(), other.digest());
}

#[test]
fn what_is_stored_is_found_again() {
    let source = format!("int main() {{ return {}; }}", std::process::id());
    let first = sandbox().compile(Language::C, source.as_bytes()).unwrap();
    let second = sandbox().compile(Language::C, source.as_bytes()).unwrap();
    assert_eq!((first.was_stored, second.was_stored), (false, true));
    assert_eq!(
        first.outcome.ok().unwrap().digest(),
        second.outcome.ok().unwrap().digest()
    );
}
