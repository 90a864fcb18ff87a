//! Hostile C++: the same attempts through libc++, and exceptions across the runtime.

use riddle_sandbox::{
    Ending::{Exit, Fuel, Memory, Ok as Fine, Output},
    Language,
};

use super::programs::{
    Expected::{As, Trap},
    check_all,
};

#[test]
fn endless_work_in_the_cpp_library_runs_out_of_fuel() {
    check_all(
        Language::Cpp,
        [
            (
                "a regular expression",
                "string s(28, 'a'); try { return regex_match(s, regex(\"(a+)+b\")); } catch (regex_error&) { cout << \"complex\"; return 0; }",
                As(Fine, "complex"),
            ),
            (
                "a map",
                "map<int, int> m; for (int i = 0;; i++) { m[i % 100] = i; m.erase(i % 7); }",
                As(Fuel, ""),
            ),
            (
                "streams",
                "for (;;) { stringstream s; s << 1.5 << \"x\"; double d; s >> d; }",
                As(Fuel, ""),
            ),
            (
                "permutations",
                "vector<int> v(20); iota(v.begin(), v.end(), 0); while (next_permutation(v.begin(), v.end()));",
                As(Fuel, ""),
            ),
            (
                "sleep_for",
                "this_thread::sleep_for(chrono::hours(1000000)); return 1;",
                As(Fuel, ""),
            ),
            (
                "a list in a circle",
                "forward_list<int> l{1, 2}; volatile int n; for (int i = 0;; i++) { l.push_front(i); n = l.front(); l.pop_front(); }",
                As(Fuel, ""),
            ),
        ],
    );
}

#[test]
fn floods_and_bombs_of_cpp_end_at_their_limits() {
    check_all(
        Language::Cpp,
        [
            (
                "cout",
                "for (;;) cout << \"flood\" << endl;",
                As(Output, ""),
            ),
            ("cerr", "for (;;) cerr << \"flood\" << endl;", As(Fuel, "")),
            (
                "a vector",
                "vector<long long> v; for (;;) v.push_back(1);",
                As(Memory, ""),
            ),
            (
                "a list",
                "list<string> l; for (;;) l.emplace_back(1000, (char)120);",
                As(Memory, ""),
            ),
            (
                "strings of strings",
                "string s = \"x\"; for (;;) s += s;",
                As(Memory, ""),
            ),
            (
                "new, whatever is caught",
                "char* volatile p; for (;;) try { p = new char[1 << 20]; } catch (...) {}",
                As(Memory, ""),
            ),
            (
                "a vector that is too long",
                "try { vector<int> v(-1); } catch (length_error&) { cout << \"length\"; }",
                As(Fine, "length"),
            ),
            (
                "recursion of lambdas",
                "function<int(int)> f = [&](int n) { return f(n + 1) + 1; }; return f(0);",
                Trap,
            ),
        ],
    );
}

#[test]
fn exceptions_cross_the_runtime_or_end_the_program() {
    check_all(
        Language::Cpp,
        [
            (
                "through qsort",
                "static int a[100]; try { qsort(a, 100, 4, [](const void*, const void*) -> int { throw 7; }); } catch (int n) { cout << n; }",
                As(Fine, "7"),
            ),
            (
                "through bsearch and sort",
                "vector<int> v(100); try { sort(v.begin(), v.end(), [](int, int) -> bool { throw string(\"s\"); }); } catch (string& s) { cout << s; }",
                As(Fine, "s"),
            ),
            (
                "of the library",
                "try { stoi(\"x\"); } catch (invalid_argument&) { cout << 1; } try { vector<int>().at(3); } catch (exception&) { cout << 2; }",
                As(Fine, "12"),
            ),
            (
                "caught at exit",
                "atexit([] { try { throw 1; } catch (int) { cout << \"caught\" << flush; } }); return 0;",
                As(Fine, "caught"),
            ),
            (
                "uncaught at exit",
                "atexit([] { throw 1; }); return 0;",
                Trap,
            ),
            (
                "uncaught in a constructor",
                "struct S { S() { throw 1; } } s; int main() {}",
                Trap,
            ),
            (
                "thrown while unwinding",
                "struct S { ~S() noexcept(false) { throw 2; } }; try { S s; throw 1; } catch (...) {} cout << \"no\";",
                Trap,
            ),
            (
                "out of noexcept",
                "struct S { static void f() noexcept { throw 1; } }; try { S::f(); } catch (...) {}",
                Trap,
            ),
            (
                "rethrown, nested",
                "try { try { try { throw 1; } catch (int) { throw; } } catch (int n) { throw n + 1; } } catch (int n) { cout << n; }",
                As(Fine, "2"),
            ),
            ("rethrown, of nothing", "throw;", Trap),
            (
                "nested_exception",
                "try { try { throw 1; } catch (...) { throw_with_nested(runtime_error(\"r\")); } } catch (exception& e) \
            { try { rethrow_if_nested(e); } catch (int n) { cout << e.what() << n; } }",
                As(Fine, "r1"),
            ),
            (
                "kept and rethrown a thousand times",
                "exception_ptr p; try { throw 1; } catch (...) { p = current_exception(); } \
            int n = 0; for (int i = 0; i < 1000; i++) try { rethrow_exception(p); } catch (int k) { n += k; } cout << n;",
                As(Fine, "1000"),
            ),
            (
                "a handler that returns",
                "set_terminate([] { cout << \"t\" << flush; }); throw 1;",
                Trap,
            ),
            (
                "a handler that exits",
                "set_terminate([] { _Exit(6); }); throw 1;",
                As(Exit(6), ""),
            ),
            (
                "a bad cast",
                "struct A { virtual ~A() {} }; struct B : A {}; A a; try { dynamic_cast<B&>(a); } catch (bad_cast&) { cout << 1; }",
                As(Fine, "1"),
            ),
        ],
    );
}

#[test]
fn unwinding_runs_every_destructor_however_deep() {
    check_all(
        Language::Cpp,
        [
            (
                "100,000 frames",
                "int n; struct S { ~S() { n++; } }; void f(int d) { S s; if (!d) throw d; f(d - 1); } \
            int main() { try { f(100000); } catch (int) { cout << n; } }",
                As(Fine, "100001"),
            ),
            (
                "exceptions in handlers, 1,000 deep",
                "void f(int d) { try { throw d; } catch (int) { if (d) f(d - 1); else throw; } } \
            int main() { try { f(1000); } catch (int d) { cout << d; } }",
                As(Fine, "0"),
            ),
            (
                "thrown for ever",
                "for (;;) try { throw 1; } catch (int) {}",
                As(Fuel, ""),
            ),
            (
                "kept for ever",
                "vector<exception_ptr> v; for (;;) v.push_back(make_exception_ptr(vector<int>(1000)));",
                As(Memory, ""),
            ),
        ],
    );
}

#[test]
fn threads_are_none() {
    // What is started runs at once, on the only thread; what would wait for another ends the program.
    check_all(
        Language::Cpp,
        [
            (
                "a thread",
                "int n = 0; thread t([&] { n = 7; }); t.join(); cout << n;",
                As(Fine, "7"),
            ),
            (
                "threads without end",
                "volatile int n = 0; for (;;) thread([&] { n = 1; }).join();",
                As(Fuel, ""),
            ),
            (
                "a thread that exits",
                "thread t([] { exit(3); }); t.join(); return 4;",
                As(Exit(3), ""),
            ),
            (
                "a thread that throws",
                "thread t([] { throw 1; }); t.join();",
                Trap,
            ),
            ("a lock that is held", "mutex m; m.lock(); m.lock();", Trap),
        ],
    );
}
