//! A search with a sampler of one's own: every program of the form `print(a * n + b)`.

use std::{path::Path, sync::Arc};

use riddle_engine::{
    LoadedProblem, OwnSampler, Sample, SearchConfig, Solver,
    problems::LoadOptions,
    sandbox::{Language, Sandbox, SandboxOptions, default_cache},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cache = default_cache().ok_or("set RIDDLE_CACHE")?;
    let sandbox = Arc::new(Sandbox::open(SandboxOptions::new(cache))?);
    let folder = std::env::args().nth(1).ok_or("name a problem folder")?;
    let problem = LoadedProblem::load(Path::new(&folder), &LoadOptions::default())?;

    let sampler = OwnSampler::new(|_task| {
        (0..10)
            .flat_map(|a| (0..10).map(move |b| (a, b)))
            .map(|(a, b)| Sample::new(Language::Python, format!("print({a} * int(input()) + {b})")))
    });
    let report = Solver::new(sandbox, 2, SearchConfig::default())?.solve(&problem, &sampler)?;
    #[expect(clippy::print_stdout, reason = "an example shows what it got")]
    {
        println!("{}", serde_json::to_string_pretty(&report)?);
    }
    Ok(())
}
