//! Programs on the shared runtime and the same programs linked statically: equal endings and outputs. Needs
//! the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use riddle_sandbox::{
    Cancel, Ending, Execution, Language, Limits, Sandbox, SandboxOptions, default_cache,
};

fn sandbox(link_statically: bool) -> Sandbox {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        use_store: false,
        link_statically,
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

fn run(
    language: Language,
    source: &str,
    input: &str,
    link_statically: bool,
) -> (Execution, Option<String>) {
    let sandbox = sandbox(link_statically);
    let compiled = sandbox.compile(language, source.as_bytes()).unwrap();
    let program = compiled
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text));
    let limits = Limits {
        memory_bytes: 2 << 30,
        ..Limits::default()
    };
    let execution = sandbox
        .execute(&program, input.as_bytes().into(), &limits, &Cancel::new())
        .unwrap();
    (execution, program.static_reason().map(str::to_owned))
}

/// Runs a program both ways; it must be linked onto the shared runtime and print what is expected by both.
#[track_caller]
fn check(language: Language, source: &str, ending: &Ending, expected: &str) {
    let (shared, reason) = run(language, source, "3 1 2\n", false);
    assert_eq!(reason, None);
    let (alone, reason) = run(language, source, "3 1 2\n", true);
    assert!(reason.is_some());
    for execution in [&shared, &alone] {
        assert_eq!(String::from_utf8_lossy(&execution.stdout), expected);
        assert_eq!(execution.ending, *ending);
    }
    assert_eq!(shared.stderr, alone.stderr);
}

#[track_caller]
fn check_cpp(source: &str, expected: &str) {
    let source = format!("#include <bits/stdc++.h>\nusing namespace std;\n{source}");
    check(Language::Cpp, &source, &Ending::Ok, expected);
}

#[test]
fn streams_containers_and_text() {
    check_cpp(
        "int main() { vector<int> v; for (int x; cin >> x;) v.push_back(x); sort(v.begin(), v.end());
         map<string, int> m; for (int x : v) m[\"k\" + to_string(x)] = x; ostringstream s;
         for (auto& [k, x] : m) s << k << '=' << x << ' '; cout << s.str() << setprecision(3) << 1 / 3.0
         << endl; printf(\"%Lf %lld\\n\", 1.5L, 1LL << 40); cerr << \"log\" << endl; }",
        "k1=1 k2=2 k3=3 0.333\n1.500000 1099511627776\n",
    );
}

#[test]
fn globals_are_made_before_main_and_unmade_after_it_in_order() {
    check_cpp(
        "struct A { int n; A(int n) : n(n) { printf(\"+%d\", n); } ~A() { printf(\"-%d\", n); } };
         A late __attribute__((init_priority(400)))(2); A early __attribute__((init_priority(300)))(1);
         A last(3); void bye() { printf(\" bye \"); }
         int main() { atexit(bye); static A local(4); puts(\" main\"); exit(0); }",
        "+1+2+3+4 main\n-4 bye -3-2-1",
    );
}

#[test]
fn exceptions_cross_the_border_both_ways() {
    check_cpp(
        "struct Mine : runtime_error { using runtime_error::runtime_error; };
         int main() {
             try { stoi(\"x\"); } catch (invalid_argument& e) { cout << e.what() << '\\n'; }
             try { vector<int>().at(3); } catch (out_of_range&) { cout << \"at\\n\"; }
             try { throw Mine(\"mine\"); } catch (exception& e) { cout << e.what() << '\\n'; }
             try { throw 7; } catch (int n) { cout << n << '\\n'; }
             int a[] = {2, 1};
             try { sort(a, a + 2, [](int, int) -> bool { throw 'c'; }); } catch (char c) { cout << c << endl; }
         }",
        "stoi: no conversion\nat\nmine\n7\nc\n",
    );
}

#[test]
fn an_uncaught_exception_says_what_it_was() {
    let source = "#include <stdexcept>\nint main() { throw std::runtime_error(\"out of luck\"); }";
    let (execution, _) = run(Language::Cpp, source, "", false);
    assert!(matches!(execution.ending, Ending::Trap(_)));
    let text = String::from_utf8(execution.stderr).unwrap();
    assert!(text.contains("runtime_error: out of luck"), "{text}");
}

#[test]
fn types_are_told_apart_on_both_sides() {
    check_cpp(
        "struct B { virtual ~B() {} }; struct D : B {};
         int main() { unique_ptr<B> p(new D); cout << (dynamic_cast<D*>(p.get()) != nullptr)
         << (typeid(*p) == typeid(D)) << (typeid(string) == typeid(std::string));
         any a = string(\"any\"); cout << any_cast<string>(a);
         function<int(int)> f = [](int x) { return x + 1; }; cout << f(1)
         << (dynamic_cast<ostream*>(static_cast<ios*>(&cout)) == &cout) << endl; }",
        "111any21\n",
    );
}

#[test]
fn functions_have_one_address() {
    check(
        Language::C,
        "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>
         static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
         int (*volatile p)(const char *) = puts; size_t (*q)(const char *) = strlen;
         int main(void) { int a[] = {3, 1, 2}; qsort(a, 3, sizeof *a, compare); int (*here)(const char *) = puts;
         printf(\"%d%d%d %d %zu\\n\", a[0], a[1], a[2], p == here, q(\"four\")); p(\"end\"); return 0; }",
        &Ending::Ok,
        "123 1 4\nend\n",
    );
}

#[test]
fn a_program_may_have_names_of_the_library() {
    // The static linker refuses `index`, which the library itself calls.
    let source = "#include <stdio.h>
         int read(int x) { return x + 1; } int index = 5; char *write = \"w\"; int y1 = 3;
         int send(void) { return 4; } double gamma = 0.5; int abs(int x) { return 99; }
         int main(void) { int n; scanf(\"%d\", &n);
         printf(\"%d%d%s%d%d\\n\", read(n), index, write, y1, send()); return 0; }";
    let (execution, reason) = run(Language::C, source, "3\n", false);
    assert_eq!((execution.ending, reason), (Ending::Ok, None));
    assert_eq!(execution.stdout, b"45w34\n");
}

#[test]
fn a_call_of_a_wrong_type_traps_where_it_is_made() {
    let source = "int puts(double, double); int main(int argc, char **argv) { if (argc > 1) puts(1, 2); return 3; }";
    check(Language::C, source, &Ending::Exit(3), "");
}

#[test]
fn main_takes_arguments_or_none() {
    check(
        Language::C,
        "#include <stdio.h>\nint main(int argc, char **argv) { printf(\"%d %s %d\\n\", argc, argv[0], argv[1] == 0); return 0; }",
        &Ending::Ok,
        "1 main 1\n",
    );
    check(
        Language::C,
        "#include <stdio.h>\nint main(int argc, char **argv, char **envp) { printf(\"%d %s %d\\n\", argc, argv[0], envp[0] == 0); return 0; }",
        &Ending::Ok,
        "1 main 1\n",
    );
}

#[test]
fn many_variables_and_many_pointers_make_room() {
    // More than an instance has in advance, of both.
    let functions: Vec<String> = (0..600)
        .map(|n| format!("int f{n}(int x) {{ return x + {n}; }}\n"))
        .collect();
    let functions = functions.concat();
    let names: Vec<String> = (0..600).map(|n| format!("f{n}")).collect();
    check(
        Language::C,
        &format!(
            "#include <stdio.h>\n{functions} int (*volatile table[])(int) = {{ {} }};
             int zero[20000000]; int some[1000000] = {{ [5] = 7, [999999] = 9 }};
             int main(void) {{ int sum = 0; for (int i = 0; i < 600; i++) sum += table[i](i);
             zero[19999999] = 1; printf(\"%d %d\\n\", sum, some[5] + some[999999] + zero[19999999] + zero[0]);
             return 0; }}",
            names.join(",")
        ),
        &Ending::Ok,
        "359400 17\n",
    );
}

#[test]
fn a_gigabyte_of_globals_is_had() {
    let source = "#include <stdio.h>
        char a[1 << 30]; int main(void) { a[(1 << 30) - 1] = 7; printf(\"%d\\n\", a[5] + a[(1 << 30) - 1]); return 0; }";
    let (execution, reason) = run(Language::C, source, "", false);
    assert_eq!((execution.ending, reason), (Ending::Ok, None));
    assert_eq!(execution.stdout, b"7\n");
    assert!(execution.memory_bytes >= 1 << 30);
}

#[test]
fn what_the_runtime_cannot_serve_is_linked_statically() {
    for (source, reason) in [
        (
            "#include <cstdio>\n#include <cstdlib>\n#include <string>
             int n; void* operator new(size_t size) { ++n; return malloc(size); }
             void operator delete(void* p) noexcept { free(p); } void operator delete(void* p, size_t) noexcept { free(p); }
             int main() { std::string s(100, 'x'); s += s; printf(\"%d\\n\", n > 1); }",
            "a replaced `_Znwm`",
        ),
        (
            "#include <cstdio>\nextern \"C\" __attribute__((import_module(\"wasi_snapshot_preview1\"), import_name(\"sched_yield\")))
             int yield(); int main() { printf(\"%d\\n\", yield() + 1); }",
            "an import by a name of the program's",
        ),
    ] {
        let (execution, found) = run(Language::Cpp, source, "", false);
        assert_eq!(execution.stdout, b"1\n");
        assert_eq!(found, Some(format!("the shared runtime cannot serve {reason}")));
    }
}

#[test]
fn an_undefined_symbol_is_told_by_its_name() {
    let sandbox = sandbox(false);
    let source = "int nowhere(int); int main() { return nowhere(1); }";
    let failure = sandbox
        .compile(Language::Cpp, source.as_bytes())
        .unwrap()
        .outcome
        .err()
        .unwrap();
    assert!(
        failure.text.contains("undefined symbol: nowhere(int)"),
        "{}",
        failure.text
    );
}

#[test]
fn the_heap_begins_behind_the_variables() {
    check(
        Language::C,
        "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>
         char mine[300000] = {1};
         int main(void) { for (int i = 0; i < 60; i++) { char *p = malloc(100000); memset(p, 255, 100000); }
         char *clean = calloc(5000000, 1); int sum = 0; for (int i = 0; i < 5000000; i++) sum += clean[i];
         for (int i = 0; i < 300000; i++) sum += mine[i]; printf(\"%d\\n\", sum); return 0; }",
        &Ending::Ok,
        "1\n",
    );
}

#[test]
fn recursion_goes_as_deep_and_an_overflow_traps() {
    let source =
        "int deep(int n) { volatile int x = n; return n == 0 ? 0 : deep(n - 1) + (x & 1); }
        int main() { return deep(400000) == 200000 ? 0 : 1; }";
    check(Language::Cpp, source, &Ending::Ok, "");
    let source =
        "int deep(int n) { volatile int x[1000]; x[n % 1000] = n; return deep(n + 1) + x[0]; }
        int main() { return deep(0); }";
    for link_statically in [false, true] {
        let (execution, _) = run(Language::Cpp, source, "", link_statically);
        assert!(
            matches!(execution.ending, Ending::Trap(_)),
            "{:?}",
            execution.ending
        );
    }
}

#[test]
fn huge_arrays_of_any_type_are_zero_and_apart() {
    let source = "#include <bits/stdc++.h>
        using namespace std; struct Pair { int a; long long b; }; static Pair pairs[6000000]; int table[5000][5000];
        vector<int> graph[100]; static char text[1 << 27];
        int main() { pairs[5999999].b = 5; table[4999][4999] = 1; graph[3].push_back(2); text[(1 << 27) - 1] = 4;
        long long sum = reinterpret_cast<size_t>(pairs) % 8;
        for (auto& p : pairs) sum += p.a + p.b; for (auto& row : table) for (int x : row) sum += x;
        for (char c : text) sum += c; cout << sum + graph[3][0] << endl; }";
    let (execution, reason) = run(Language::Cpp, source, "", false);
    assert_eq!((execution.ending, reason), (Ending::Ok, None));
    assert_eq!(execution.stdout, b"12\n");
}
