//! What judges' C++ has beside the standard: GNU's containers, ropes, threads where there is one, and
//! small things. Needs the toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use riddle_sandbox::{Cancel, CompileFailureKind, Ending, Language, Limits};

use common::{check, sandbox};

#[track_caller]
fn check_text(source: &str, input: &str, expected: &str) {
    check(Language::Cpp, source, input, expected);
}

/// Compiles and runs `main` below headers.
#[track_caller]
fn check_main(headers: &str, main: &str, expected: &str) {
    let source = format!("{headers}\nusing namespace std; int main() {{ {main} }}");
    check_text(&source, "", expected);
}

const ORDERED: &str = "
    #include <bits/stdc++.h>
    #include <ext/pb_ds/assoc_container.hpp>
    #include <ext/pb_ds/tree_policy.hpp>
    using namespace std; using namespace __gnu_pbds;
    template <class T, class Cmp = less<T>>
    using Ordered = tree<T, null_type, Cmp, rb_tree_tag, tree_order_statistics_node_update>;";

#[test]
fn ordered_trees_do_what_sets_do() {
    let main = "
        mt19937 rng(7); Ordered<int> t; set<int> s;
        auto same = [&](auto a, auto b) { assert((a == t.end()) == (b == s.end())); if (b != s.end()) assert(*a == *b); };
        for (int i = 0; i < 30000; ++i) {
            int x = rng() % 3000;
            switch (rng() % 8) {
            case 0: case 1: case 2: { auto a = t.insert(x); assert(a.second == s.insert(x).second && *a.first == x); break; }
            case 3: assert(t.erase(x) == (s.erase(x) > 0)); break;
            case 4: same(t.lower_bound(x), s.lower_bound(x)); same(t.upper_bound(x), s.upper_bound(x)); break;
            case 5: { auto order = t.order_of_key(x); same(t.find_by_order(order), s.lower_bound(x));
                      if (i % 50 == 0) assert(order == (size_t)distance(s.begin(), s.lower_bound(x))); break; }
            case 6: { auto a = t.find(x); auto b = s.find(x); same(a, b);
                      if (b != s.end()) same(t.erase(a), s.erase(b)); break; }
            default: if (i % 50 == 0) {
                Ordered<int> high; t.split(x, high);
                for (int v : high) assert(v > x);
                for (int v : t) assert(v <= x);
                if (i % 100) t.join(high); else { high.join(t); t.swap(high); } } }
            assert(t.size() == s.size());
            if (i % 1000 == 0) {
                assert(equal(t.begin(), t.end(), s.begin(), s.end()) && equal(t.rbegin(), t.rend(), s.rbegin(), s.rend()));
                Ordered<int> copy = t; copy.insert(-1);
                assert(copy.size() == t.size() + 1 && *copy.find_by_order(0) == -1); } }
        cout << \"same\";";
    check_main(ORDERED, main, "same");
}

#[test]
fn a_tree_with_an_order_that_is_not_strict_is_a_multiset() {
    let main = "
        Ordered<int, less_equal<int>> t; for (int x : {5, 3, 5, 5, 1}) t.insert(x);
        cout << t.size() << t.order_of_key(5) << t.order_of_key(6) << (t.find(5) == t.end()) << t.erase(5);
        t.erase(t.find_by_order(t.order_of_key(5))); cout << ' '; for (int x : t) cout << x;
        cout << ' ' << *t.lower_bound(3) << *t.upper_bound(3);";
    check_main(ORDERED, main, "52510 1355 53");
}

#[test]
fn order_statistics_take_logarithmic_time() {
    // By linear steps this would take some 40 billion.
    let main = "
        Ordered<pair<int, int>> t; long long sum = 0;
        for (int i = 0; i < 200000; ++i) t.insert({i, i});
        for (int i = 0; i < 200000; ++i) sum += t.find_by_order(i)->first - (int)t.order_of_key({i, i});
        while (!t.empty()) t.erase(t.find_by_order(t.size() / 2));
        cout << sum << t.size();";
    check_main(ORDERED, main, "00");
}

#[test]
fn trees_map_and_take_policies_of_their_own() {
    let main = "
        tree<string, int> m; m[\"a\"] = 2; m[\"b\"]++; m[\"a\"] += 5; m.begin()->second++;
        for (auto& [k, v] : m) cout << k << v;
        tree<int, null_type, less<int>, rb_tree_tag, Sum> t; for (int i = 1; i <= 100; ++i) t.insert(i * 37 % 101);
        for (int i = 1; i <= 50; ++i) t.erase(2 * i);
        cout << ' ' << t.below(50);";
    let policy = "
        template <class CNode, class Node, class Cmp, class A> struct Sum {
            typedef long long metadata_type;
            virtual CNode node_begin() const = 0; virtual CNode node_end() const = 0;
            void operator()(Node it, CNode end) {
                long long sum = **it;
                for (Node child : {it.get_l_child(), it.get_r_child()}) if (child != end) sum += child.get_metadata();
                const_cast<long long&>(it.get_metadata()) = sum; }
            long long below(int key) const {
                long long sum = 0;
                for (CNode it = node_begin(); it != node_end();) {
                    CNode left = it.get_l_child();
                    if (**it >= key) { it = left; continue; }
                    sum += **it; if (left != node_end()) sum += left.get_metadata();
                    it = it.get_r_child(); }
                return sum; } };";
    check_main(&format!("{ORDERED}{policy}"), main, "a8b1 625");
}

#[test]
fn hash_tables_and_tries_are_there() {
    let main = "
        struct Hash { size_t operator()(long long x) { return x * 0x9e3779b97f4a7c15ull >> 20; } };
        gp_hash_table<long long, int, Hash> g({}, {}, {}, {}, {1 << 16}); g[5] = 1; g.insert({6, 2});
        cout << g.size() << g.erase(5) << g.erase(5) << (g.find(6) != g.end()) << g.find(6)->second;
        cc_hash_table<string, null_type> c; c.insert(\"x\"); cout << (c.find(\"x\") != c.end());
        trie<string, null_type, trie_string_access_traits<>, pat_trie_tag, trie_prefix_search_node_update> t;
        for (auto w : {\"car\", \"cat\", \"dog\", \"ca\", \"cb\"}) t.insert(w);
        for (auto [it, end] = t.prefix_range(\"ca\"); it != end; ++it) cout << ' ' << *it;";
    check_main(ORDERED, main, "210121 ca car cat");
}

#[test]
fn heaps_with_handles_do_what_multisets_do() {
    let main = "
        typedef pair<int, int> P; typedef __gnu_pbds::priority_queue<P, greater<P>> Heap;
        mt19937 rng(5); Heap q; set<P> s; map<int, Heap::point_iterator> at; int id = 0;
        auto push = [&](Heap& to) { P p(rng() % 1000, id); at[id++] = to.push(p); s.insert(p); };
        for (int i = 0; i < 20000; ++i) {
            int op = rng() % 6; auto it = at.lower_bound(id ? rng() % id : 0);
            if (op < 2) push(q);
            else if (op == 2 && !q.empty()) { P top = q.top(); q.pop(); s.erase(top); at.erase(top.second); }
            else if (op == 3 && it != at.end()) { P p(rng() % 1000, it->first); s.erase(*it->second); q.modify(it->second, p); s.insert(p); }
            else if (op == 4 && it != at.end() && i % 3 == 0) { s.erase(*it->second); q.erase(it->second); at.erase(it); }
            else if (op == 5 && i % 100 == 0) { Heap more; for (int j = 0; j < 5; ++j) push(more); q.join(more); assert(more.empty()); }
            assert(q.size() == s.size() && (s.empty() || q.top() == *s.begin()));
            if (i % 1000 == 0) assert(set<P>(q.begin(), q.end()) == s); }
        cout << \"same\";";
    check_main("#include <bits/extc++.h>", main, "same");
}

#[test]
fn ropes_do_what_strings_do() {
    let main = "
        mt19937 rng(5); __gnu_cxx::crope r, saved; string t, then;
        for (int i = 0; i < 10000; ++i) {
            size_t n = t.size(), p = rng() % (n + 1), k = min<size_t>(rng() % 200, n - p); string w(rng() % 40, 'A' + i % 26);
            switch (rng() % 6) {
            case 0: r.push_back('a' + i % 26); t.push_back('a' + i % 26); break;
            case 1: r.insert(p, w.c_str()); t.insert(p, w); break;
            case 2: r.erase(p, k); t.erase(p, k); break;
            case 3: { auto cut = r.substr(p, k); r.erase(p, k); r = cut + r; string c = t.substr(p, k); t.erase(p, k); t = c + t; break; }
            case 4: r.replace(p, k, w.c_str()); t.replace(p, k, w); break;
            default: saved = r; then = t; }
            assert(r.size() == t.size() && (p == t.size() || r[p] == t[p]));
            if (i % 500 == 0) { stringstream out; out << r; assert(out.str() == t && string(saved.begin(), saved.end()) == then); } }
        __gnu_cxx::rope<int> big; for (int i = 0; i < 100000; ++i) big.push_back(i);
        for (int i = 0; i < 20000; ++i) { int l = rng() % 50000, m = rng() % 1000; auto cut = big.substr(l, m); big.erase(l, m); big = cut + big; }
        cout << big.size() << ' ' << accumulate(big.begin(), big.end(), 0LL);";
    check_main("#include <bits/extc++.h>", main, "100000 4999950000");
}

#[test]
fn threads_run_where_they_are_made() {
    let main = "
        mutex m; int n = 0; vector<thread> threads;
        for (int i = 1; i <= 4; ++i) threads.emplace_back([&](int k) { lock_guard<mutex> guard(m); n += k; }, i);
        for (auto& it : threads) it.join();
        auto now = async(launch::async, [](int x) { return x * x; }, 7); auto late = async(launch::deferred, [] { return string(\"late\"); });
        auto bad = async([] { throw 5; });
        cout << n << ' ' << now.get() << late.get(); try { bad.get(); } catch (int e) { cout << e; }
        promise<int> p; auto f = p.get_future(); thread([&] { p.set_value(9); }).join(); cout << f.get();
        condition_variable cv; bool ready = false; thread([&] { scoped_lock guard(m); ready = true; cv.notify_one(); }).detach();
        unique_lock<mutex> lock(m); cv.wait(lock, [&] { return ready; }); cout << thread::hardware_concurrency();";
    check_main("#include <bits/stdc++.h>", main, "10 49late591");
}

#[test]
fn names_of_threads_are_free_where_nothing_asks_for_them() {
    check_main(
        "#include <iostream>\n#include <vector>\n#include <regex>\nusing namespace std; int lock[3], mutex, thread;",
        "lock[1] = 2; mutex = 3; cout << lock[1] << mutex << thread;",
        "230",
    );
    check_main(
        "#include <iostream>\n#include <mutex>",
        "mutex a, b; lock(a, b); a.unlock(); cout << a.try_lock() << b.try_lock();",
        "10",
    );
}

#[test]
fn a_thread_that_waits_for_another_ends_the_program() {
    let sandbox = sandbox();
    let source =
        "#include <future>\nint main() { std::promise<int> p; return p.get_future().get(); }";
    let compiled = sandbox.compile(Language::Cpp, source.as_bytes()).unwrap();
    let execution = sandbox
        .execute(
            &compiled.outcome.unwrap(),
            b"".as_slice().into(),
            &Limits::default(),
            &Cancel::new(),
        )
        .unwrap();
    assert!(matches!(execution.ending, Ending::Trap(_)));
    assert!(execution.stderr.starts_with(b"future: waits"));
}

#[test]
fn scalar_intrinsics_are_there_and_vectors_are_not() {
    check_main(
        "#include <cstdio>\n#include <x86intrin.h>",
        "printf(\"%d %d %d %llx %llx\", (int)_mm_popcnt_u64(7), (int)_tzcnt_u64(8), (int)_lzcnt_u32(1),
                _pext_u64(0xabcdef, 0xf0f0f0), _pdep_u64(0xace, 0xf0f0f0));",
        "3 3 31 ace a0c0e0",
    );
    let source = "#include <emmintrin.h>\nint main() { __m128i a = _mm_setzero_si128(); }";
    let compiled = sandbox().compile(Language::Cpp, source.as_bytes()).unwrap();
    assert_eq!(
        compiled.outcome.err().unwrap().kind,
        CompileFailureKind::Unsupported
    );
}

#[test]
fn older_names_are_there() {
    check_main(
        "#include <iostream>\n#include <tr1/unordered_map>\n#include <ext/hash_map>\n#include <ext/numeric>",
        "std::tr1::unordered_map<int, int> a; a[1] = 2; __gnu_cxx::hash_map<int, int> b; b[1] = 3;
         cout << a[1] << b[1] << __gnu_cxx::power(3, 5);",
        "23243",
    );
}

#[test]
fn what_judges_let_pass_passes() {
    check_text(
        "#include <cstdio>\n#include <fstream>\n#include <sys/resource.h>\n#include <unistd.h>\n#include <iostream>
         using namespace std;
         int main(int argc, char** argv, char** envp) {
         #ifndef ONLINE_JUDGE
             freopen(\"input.txt\", \"r\", stdin);
         #endif
             rlimit limit; getrlimit(RLIMIT_STACK, &limit); setrlimit(RLIMIT_STACK, &limit); alarm(9);
             ifstream none(\"input.txt\"); ifstream in(\"/dev/stdin\"); int x; in >> x; ulong big = 1ull << 40; uint small = 3;
             cout << argc << (envp[0] == nullptr) << none.is_open() << x << big << small; }",
        "42",
        "1104210995116277763",
    );
    check(
        Language::C,
        "#include <stdio.h>
         int less(const void *a, const void *b) { return *(int *)a - *(int *)b; }
         void main() { int a[] = {3, 1, 2}; qsort(a, 3, sizeof(int), less); printf(\"%d\", a[0]); }",
        "",
        "1",
    );
}
