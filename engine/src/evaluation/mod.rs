//! Selection rules measured over recorded runs. No program is run.
//!
//! ```text
//! run.sqlite ─┐
//! Parquet ────┴► Pool, one problem at a time ─► measure ─► means over problems ─► EvaluationReport
//!                                          └─► explain_clusters; both at once: survey
//! ```
//!
//! A [`Pool`] is what a run recorded of one problem: its survivors, what each did on the generated inputs,
//! and what the private tests say of each. Which rule is best is a result here and never an assumption.

mod clusters;
mod matrix_file;
mod means;
mod measure;
mod options;
mod pool;
mod report;
mod survey;

pub use self::{
    clusters::{
        ClusterExplanation, ClusterPick, ClusterView, Conduct, PairDifference, RulePicks,
        explain_clusters,
    },
    matrix_file::export_matrix,
    measure::evaluate,
    options::{EvaluateOptions, InputOrder, rule_names},
    pool::Unscored,
    report::{
        EvaluationReport, InputsRow, OraclePoint, OracleRow, PoolAtInputs, PoolReport,
        RuleAtInputs, RuleOnInputs, RuleOnPool, RulePoint, RuleRow, SolvedCost,
    },
    survey::{Survey, SurveyOptions, survey},
};
