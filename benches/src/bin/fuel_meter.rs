//! What a program costs in fuel: the sandbox's half of `benches/calibrate/measure.py`.
//!
//! Reads requests from standard input, one a line, of three fields separated by tabs: what to measure, a source
//! file, an input file. Answers each with one line of JSON. `time` gives fuel and CPU seconds in the sandbox as it
//! is; `operators` and `off` the same where each operator costs one and where none is counted; `count` runs the
//! program once a class and gives how many operators of each it executed; `count:Load,Store` does so for these classes. Knows nothing of native programs.

use std::{
    io::{BufRead, Write},
    path::Path,
    sync::OnceLock,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use riddle_benches::sandbox_with;
use riddle_engine::sandbox::{
    Cancel, CostClass, Ending, Execution, Language, Limits, Metering, Sandbox,
};
use serde_json::{Map, Value, json};

/// Far beyond what any honest program needs: only programs that end by themselves are of use here.
const LIMITS: Limits = Limits {
    fuel: u64::MAX >> 1,
    memory_bytes: 3 << 30,
    stdout_bytes: 1 << 30,
    stderr_bytes: 0,
    backstop: Duration::from_mins(5),
};

/// Threads that count classes at once: a count does not depend on load.
const COUNTING_THREADS: usize = 2;

/// A sandbox for each way of metering, opened when first used.
struct Meter {
    metering: Metering,
    sandbox: OnceLock<Sandbox>,
}

fn main() -> Result<()> {
    let [time, operators, off, calls] = [
        Metering::Time,
        Metering::Operators,
        Metering::Off,
        Metering::Calls,
    ]
    .map(Meter::new);
    let classes = CostClass::ALL.iter().copied();
    let classes = classes.filter(|it| it.weight() > 0);
    let counts = classes.map(|it| (it.name(), Meter::new(Metering::Count(it))));
    let counts: Vec<_> = counts.collect();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let fields: Vec<&str> = line.split('\t').collect();
        let [request, source, input] = fields[..] else {
            bail!("not three fields: {line}");
        };
        let program = Request {
            language: Language::from_path(Path::new(source)).context("no known language")?,
            source: fs_err::read(source)?,
            input: fs_err::read(input)?,
        };
        let answer = match request {
            "time" => time.run(&program).map(|it| timed(&it)),
            "operators" => operators.run(&program).map(|it| timed(&it)),
            "off" => off.run(&program).map(|it| timed(&it)),
            _ => {
                let classes = request.strip_prefix("count");
                let classes = classes.with_context(|| format!("no such request: {request}"))?;
                let is_asked =
                    |name: &str| classes.is_empty() || classes[1..].split(',').any(|it| it == name);
                let asked: Vec<_> = counts.iter().filter(|(name, _)| is_asked(name)).collect();
                count(&program, &calls, &asked)
            }
        };
        let answer = answer.unwrap_or_else(|error| json!({"error": format!("{error:#}")}));
        writeln!(std::io::stdout(), "{answer}")?;
    }
    Ok(())
}

/// A program and what it reads.
struct Request {
    language: Language,
    source: Vec<u8>,
    input: Vec<u8>,
}

impl Meter {
    fn new(metering: Metering) -> Self {
        Self {
            metering,
            sandbox: OnceLock::new(),
        }
    }

    fn run(&self, request: &Request) -> Result<Execution> {
        let sandbox = self.sandbox.get_or_init(|| {
            sandbox_with(|it| {
                it.metering = self.metering;
                it.n_slots = 1;
            })
        });
        let compiled = sandbox.compile(request.language, &request.source)?.outcome;
        let program = compiled.map_err(|failure| anyhow!("{}", failure.text))?;
        let input = request.input.as_slice().into();
        let execution = sandbox.execute(&program, input, &LIMITS, &Cancel::new())?;
        match execution.ending {
            Ending::Ok | Ending::Exit(_) => Ok(execution),
            ending => bail!("{}", ending.name()),
        }
    }
}

fn timed(execution: &Execution) -> Value {
    json!({
        "fuel": execution.fuel,
        "seconds": execution.cpu_time.as_secs_f64(),
        "output_bytes": execution.stdout.len(),
    })
}

/// Counts each class apart. What wasmtime and the host's functions charge in any case is `base`.
fn count(program: &Request, calls: &Meter, classes: &[&(&str, Meter)]) -> Result<Value> {
    let base = calls.run(program)?.fuel;
    let mut counts = Map::new();
    counts.insert("base".to_owned(), base.into());
    let per_thread = classes.len().div_ceil(COUNTING_THREADS).max(1);
    let results: Vec<Result<Vec<_>>> = thread::scope(|scope| {
        let threads = classes.chunks(per_thread).map(|classes| {
            scope.spawn(|| {
                let count = |(name, meter): &&(&str, Meter)| {
                    let fuel = meter.run(program)?.fuel;
                    Ok(((*name).to_owned(), Value::from(fuel.saturating_sub(base))))
                };
                classes.iter().map(count).collect()
            })
        });
        let threads: Vec<_> = threads.collect();
        let join = |it: thread::ScopedJoinHandle<'_, _>| it.join().map_err(|_| anyhow!("panicked"));
        threads.into_iter().map(|it| join(it)?).collect()
    });
    for result in results {
        counts.extend(result?);
    }
    Ok(Value::Object(counts))
}
