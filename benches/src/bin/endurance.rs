//! Whether memory stays flat: `endurance [EXECUTIONS] [PROGRAM]`, by default 1,000,000 of all programs in turn.
//!
//! Tiny programs, of wasm, C and C++, that end in every way: well, by exits, traps, fuel, memory, output and
//! exceptions. Prints the resident set of the process at each tenth, and what an execution took: CPU time, page
//! faults, switches to another task. Fails if the resident set grew by more than a few MiB after the first tenth.

#![expect(clippy::cast_precision_loss, reason = "counts of runs are small")]

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use riddle_benches::sandbox_with;
use riddle_engine::sandbox::{Cancel, Language, Limits};

/// Growth after the first tenth that is taken for noise of the allocator, in KiB.
const GROWTH_KIB: u64 = 4 << 10;

const PROGRAMS: [(&str, Language, &str); 14] = [
    (
        "wasm",
        Language::Wasm,
        "(module (memory (export \"memory\") 1) (func (export \"_start\")))",
    ),
    (
        "wasm-trap",
        Language::Wasm,
        "(module (func (export \"_start\") unreachable))",
    ),
    (
        "wasm-fuel",
        Language::Wasm,
        "(module (func (export \"_start\") (loop $l (br $l))))",
    ),
    (
        "wasm-memory",
        Language::Wasm,
        "(module (memory 1) (func (export \"_start\") (loop $l (drop (memory.grow (i32.const 16))) (br $l))))",
    ),
    (
        "wasm-table",
        Language::Wasm,
        "(module (table $t 1 funcref) (func (export \"_start\") (drop (table.grow $t (ref.null func) (i32.const 9000)))))",
    ),
    (
        "wasm-throw",
        Language::Wasm,
        "(module (tag $e) (func (export \"_start\") (throw $e)))",
    ),
    (
        "c",
        Language::C,
        "#include <stdio.h>\nint main() { int a, b; scanf(\"%d %d\", &a, &b); printf(\"%d\\n\", a + b); }",
    ),
    (
        "c-exit",
        Language::C,
        "#include <stdlib.h>\nint main() { exit(3); }",
    ),
    (
        "c-memory",
        Language::C,
        "#include <stdlib.h>\n#include <string.h>\nint main() { for (;;) { char* volatile p = malloc(1 << 16); memset(p, 1, 1 << 16); } }",
    ),
    (
        "cpp",
        Language::Cpp,
        "#include <iostream>\nusing namespace std;\nint main() { int a, b; cin >> a >> b; cout << a + b << endl; }",
    ),
    (
        "cpp-catch",
        Language::Cpp,
        "#include <stdexcept>\nint main() { try { throw std::runtime_error(\"x\"); } catch (std::exception&) {} }",
    ),
    ("cpp-throw", Language::Cpp, "int main() { throw 1; }"),
    (
        "cpp-output",
        Language::Cpp,
        "#include <iostream>\nint main() { for (;;) std::cout << \"flood\"; }",
    ),
    (
        "cpp-recursion",
        Language::Cpp,
        "int f(int n) { volatile char s[64]; s[n % 64] = 1; return n ? f(n - 1) + s[n % 64] : 0; }\nint main() { return f(1000) - 1000; }",
    ),
];

/// What the kernel counts of this process or thread.
struct Counts {
    resident_kib: u64,
    n_faults: u64,
    n_switches: u64,
}

impl Counts {
    fn now() -> Result<Self> {
        let status = fs_err::read_to_string("/proc/thread-self/status")?;
        let field = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|it| it.strip_prefix(name));
            let text = line.with_context(|| format!("the kernel gives no `{name}`"))?;
            Ok(text.trim().trim_end_matches("kB").trim().parse()?)
        };
        // The name, in brackets, may hold anything; the tenth field, the eighth after it, is the minor faults.
        let stat = fs_err::read_to_string("/proc/thread-self/stat")?;
        let after = stat.rsplit(')').next().unwrap_or_default();
        let n_faults = after
            .split_whitespace()
            .nth(7)
            .context("the kernel gives no faults")?;
        Ok(Self {
            resident_kib: field("VmRSS:")?,
            n_faults: n_faults.parse()?,
            n_switches: field("voluntary_ctxt_switches:")?,
        })
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let n: usize = arguments
        .next()
        .map_or(Ok(1_000_000), |it| it.replace('_', "").parse())?;
    let only = arguments.next();
    let sandbox = sandbox_with(|it| it.n_slots = 1);
    let limits = Limits {
        fuel: 3_000_000,
        memory_bytes: 4 << 20,
        stdout_bytes: 10_000,
        ..Limits::default()
    };
    let mut programs = Vec::new();
    for (name, language, source) in PROGRAMS {
        if only.as_deref().is_none_or(|it| it == name) {
            let outcome = sandbox.compile(language, source.as_bytes())?.outcome;
            programs.push(outcome.map_err(|failure| anyhow::anyhow!("{name}: {}", failure.text))?);
        }
    }
    ensure!(!programs.is_empty(), "no program has that name");
    let input: Arc<[u8]> = b"20 22\n".as_slice().into();
    println!(
        "{:>10} {:>13} {:>10} {:>10} {:>10}",
        "executions", "resident KiB", "CPU us", "faults", "switches"
    );
    let mut first = None;
    for tenth in 1..=10 {
        let (mut cpu_time, before) = (Duration::ZERO, Counts::now()?);
        for index in 0..n / 10 {
            let program = &programs[index % programs.len()];
            let execution =
                sandbox.execute(program, Arc::clone(&input), &limits, &Cancel::new())?;
            cpu_time += execution.cpu_time;
        }
        let after = Counts::now()?;
        let each = |count: u64| count as f64 / (n / 10) as f64;
        println!(
            "{:>10} {:>13} {:>10.2} {:>10.3} {:>10.3}",
            n / 10 * tenth,
            after.resident_kib,
            cpu_time.as_secs_f64() * 1e6 / (n / 10) as f64,
            each(after.n_faults - before.n_faults),
            each(after.n_switches - before.n_switches),
        );
        let first = *first.get_or_insert(after.resident_kib);
        ensure!(after.resident_kib <= first + GROWTH_KIB, "it grew");
    }
    Ok(())
}
