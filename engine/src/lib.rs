//! The pipeline that joins problems, sandbox and clustering.
//!
//! ```text
//! problem ─┐
//! sampler ─┴► candidate ► dedup ► compile ► dedup by artifact ► public tests ► survivors
//!              (journal)  (source)  (workers)                                      │
//!    submissions ◄ select ◄ cluster ◄ behaviours on generated inputs ◄─────────────┘
//!         └► private tests (scorer only) ► report
//! ```
//!
//! [`Solver`] runs searches, [`judge()`] gives the verdicts of given programs,
//! [`validate()`] what a package's validators say of inputs. The same candidates,
//! config and seed give the same [`Report`], byte for byte, whatever the number of threads.
//!
//! A whole search with a sampler of one's own is in `examples/own_sampler.rs`.

mod answers;
mod arrivals;
mod candidate;
mod clock;
mod config;
mod court;
mod error;
mod evaluate;
mod evaluation;
mod event;
mod explain;
mod funnel;
mod given;
mod inputs;
mod interrupt;
mod judge;
mod judging;
mod models;
mod order;
mod parts;
mod prompt;
mod python2;
mod record;
mod report;
mod sampler;
mod score;
mod search;
mod solve;
mod tally;
mod time_limit;
mod validate;
mod verdict;
mod verify;
mod workers;

pub use riddle_clustering as clustering;
pub use riddle_clustering::{DrawnPoint, Interval};
pub use riddle_problems as problems;
pub use riddle_sandbox as sandbox;

#[cfg(feature = "local")]
pub use self::sampler::LocalSampler;
pub use self::{
    candidate::{Candidate, Lineage, Place, RejectReason, Rejected, Sample},
    clock::Stopwatch,
    config::SearchConfig,
    error::EngineError,
    evaluation::{
        ClusterExplanation, ClusterPick, ClusterView, Conduct, EvaluateOptions, EvaluationReport,
        InputOrder, InputsRow, OraclePoint, OracleRow, PairDifference, PoolAtInputs, PoolReport,
        RuleAtInputs, RuleOnInputs, RuleOnPool, RulePicks, RulePoint, RuleRow, SolvedCost, Survey,
        SurveyOptions, Unscored, evaluate, explain_clusters, export_matrix, rule_names, survey,
    },
    event::{Event, Observer, Silent},
    explain::{Did, Difference, Explained, Explanation, explain},
    funnel::{Stage, StageCount},
    given::given,
    inputs::{
        Generator, InputWay, LeftOut, MadeTest, Oracle, SameOutput, TestSet, TestSource,
        growth::Growth, make_tests, observe, split,
    },
    interrupt::Interrupt,
    judge::{JudgeOptions, Judged, JudgedProblem, judge},
    judging::{Subject, Validators, Validity, read_judgement, read_validity},
    models::{default_model, fetch_default_model},
    prompt::{
        Conditioning, Message, Prompt, PromptBody, PromptConfig, PromptError, PromptForm,
        PromptWriter, RatingRange, Role,
    },
    record::{BlobError, FORMAT_VERSION, ProblemOrigin, RunFiles, RunManifest, unpack},
    report::StopReason,
    report::{
        BatchReport, ClusterReport, Cost, Metrics, ProblemReport, ProblemTimings, Report,
        SamplingReport, SubmissionReport, TimeLimitReport, TimeLimitSource, Timings, Totals,
    },
    sampler::{
        Ask, BUILD_LOCAL, LocalConfig, MAX_AHEAD, OpenaiConfig, OpenaiSampler, OwnSampler, Prefill,
        Replay, Sampled, Sampler, SamplerConfig, SamplerError, SamplingConfig, ServerConfig,
        extract::{Asked, Extracted, NoCode, extract},
    },
    solve::{LoadedProblem, Solver},
    validate::{Said, Validated, ValidatedProblem, validate},
    verify::{
        Checked, LISTED_MISMATCHES, Mismatch, VerifyOptions, VerifyProgress, VerifyReport, verify,
    },
    workers::Workers,
};
