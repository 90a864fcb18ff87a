//! Arguments that several subcommands share, and what they become.

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use riddle_engine::{
    problems::{self, LoadOptions},
    sandbox::{self, Sandbox, SandboxError, SandboxOptions},
};

use crate::{errors::UsageError, printer};

/// More threads than this are surely a slip.
const MAX_WORKERS: i64 = 4096;

const CACHE_HELP: &str = "\
Folder of toolchains and compiled programs [default: $XDG_CACHE_HOME/riddle, or ~/.cache/riddle]";

/// The cache folder.
#[derive(Args, Debug)]
pub(crate) struct CacheArgs {
    #[arg(help = CACHE_HELP, long, value_name = "DIR", env = "RIDDLE_CACHE", hide_env_values = true)]
    #[arg(help_heading = "Sandbox")]
    cache: Option<PathBuf>,
}

impl CacheArgs {
    /// Returns the cache folder.
    pub(crate) fn folder(&self) -> Result<PathBuf, UsageError> {
        self.cache
            .clone()
            .or_else(sandbox::default_cache)
            .ok_or_else(|| {
                UsageError::new("no cache folder: `HOME` is not set")
                    .with_hint("pass `--cache DIR` or set RIDDLE_CACHE")
            })
    }
}

/// Toolchains, and how their compilers run.
#[derive(Args, Debug)]
pub(crate) struct ToolchainArgs {
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// Let compilers run unconfined where the kernel has no Landlock; for sources that you trust
    #[arg(long, help_heading = "Sandbox")]
    pub(crate) unconfined: bool,
}

/// The sandbox.
#[derive(Args, Debug)]
pub(crate) struct SandboxArgs {
    #[command(flatten)]
    toolchain: ToolchainArgs,
    /// Compile everything anew, and keep nothing compiled
    #[arg(long, help_heading = "Sandbox")]
    no_cache: bool,
}

impl SandboxArgs {
    /// Returns the cache folder.
    pub(crate) fn cache(&self) -> Result<PathBuf, UsageError> {
        self.toolchain.cache.folder()
    }

    /// Opens the sandbox with room for `n_slots` executions at one moment.
    pub(crate) fn open(&self, n_slots: u32, seed: u64) -> anyhow::Result<Arc<Sandbox>> {
        let options = SandboxOptions {
            n_slots,
            use_store: !self.no_cache,
            unconfined: self.toolchain.unconfined,
            seed,
            ..SandboxOptions::new(self.toolchain.cache.folder()?)
        };
        Ok(Arc::new(Sandbox::open(options).map_err(hinted)?))
    }
}

/// Gives a cache folder that cannot be used its advice.
fn hinted(error: SandboxError) -> anyhow::Error {
    match error {
        SandboxError::Io { .. } => UsageError::new("could not open the cache folder")
            .with_hint("pass `--cache DIR` or set RIDDLE_CACHE to a folder that can be written to")
            .with_source(error)
            .into(),
        _ => error.into(),
    }
}

/// Worker threads.
#[derive(Args, Debug)]
pub(crate) struct JobsArgs {
    /// Threads that compile and execute [default: one a core]
    #[arg(short = 'j', long = "jobs", value_name = "N", help_heading = "Sandbox")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=MAX_WORKERS))]
    jobs: Option<u32>,
}

impl JobsArgs {
    /// Returns the number of threads.
    pub(crate) fn n(&self) -> u32 {
        self.jobs.unwrap_or_else(|| {
            std::thread::available_parallelism()
                .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX))
        })
    }
}

/// How problems are read.
#[derive(Args, Debug)]
pub(crate) struct LoadArgs {
    /// Read problems in this format, `folder`, `kattis` or `polygon` [default: as the folder looks]
    #[arg(
        id = "as",
        long = "as",
        value_name = "FORMAT",
        help_heading = "Problems"
    )]
    format: Option<problems::Format>,
    /// Tests to take as public where a folder does not divide them
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Problems")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    public: u32,
}

/// How problems are read, and what a time limit is.
#[derive(Args, Debug)]
pub(crate) struct ProblemArgs {
    #[command(flatten)]
    load: LoadArgs,
    /// Time limit of a problem that gives none
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "2",
        help_heading = "Problems"
    )]
    #[arg(value_parser = seconds)]
    pub(crate) default_time_limit: Duration,
}

impl ProblemArgs {
    /// Returns the loader's options.
    pub(crate) fn load_options(&self) -> LoadOptions {
        self.load.load_options()
    }
}

impl LoadArgs {
    /// Returns the loader's options.
    pub(crate) fn load_options(&self) -> LoadOptions {
        LoadOptions {
            format: self.format,
            n_public: self.public as usize,
        }
    }
}

/// How results are printed.
#[derive(Args, Debug)]
pub(crate) struct FormatArgs {
    /// How results are printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = printer::Format::Human)]
    #[arg(help_heading = "Output")]
    pub(crate) format: printer::Format,
}

/// Reads a time in seconds, decimals allowed.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    const MAX_SECONDS: f64 = 86_400.0;
    let seconds: f64 = text.parse().map_err(|_| "expected seconds".to_owned())?;
    if seconds > 0.0 && seconds <= MAX_SECONDS {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!(
            "expected more than 0 and at most {MAX_SECONDS} seconds"
        ))
    }
}

/// How samples are drawn where n@k is measured.
#[derive(Args, Debug)]
pub(crate) struct DrawArgs {
    /// Samples drawn for each k
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1000,
        help_heading = "Measuring"
    )]
    pub(crate) draws: u32,
    /// Seed by which they are drawn
    #[arg(
        long,
        value_name = "SEED",
        default_value_t = 0,
        help_heading = "Measuring"
    )]
    pub(crate) seed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_positive_and_bounded() {
        assert_eq!(seconds("0.05"), Ok(Duration::from_millis(50)));
        for bad in ["0", "-1", "nan", "inf", "86401", "2s", ""] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
