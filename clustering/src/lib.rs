//! The execution matrix to clusters to submissions, and the metrics.
//!
//! ```text
//!              input 0   input 1   input 2                clusters,              picks,
//! row 0 (×3)     "4"       "9"      trap  ─┐              largest first          in order
//! row 1 (×1)     "4"       "8"      trap  ─┼─► cluster ─► [0, 2] weight 5 ─► select ─► 0, 1, 2
//! row 2 (×2)     "4"       "9"      trap  ─┘              [1]    weight 1
//! ```
//!
//! A row is one program and stands for as many candidates as came out as that program; a column is
//! one input; a cell is what one execution did. Programs that did the same on every input form a
//! cluster, and a [`SelectionRule`] says which programs to submit, and in which order.
//!
//! | to | take |
//! | --- | --- |
//! | record what programs did | [`ExecutionMatrix`], and [`MatrixView`] for a part of it |
//! | group programs | [`cluster()`], [`cluster_by_class`], [`cluster_tolerantly`], [`IncrementalClusters`] |
//! | drop programs by a condition on outputs | [`keep_rows`] |
//! | choose what to submit | a rule of [`rules`], on a [`Ballot`] for several rules; [`Plan`] adds chances |
//! | know when to stop sampling | [`should_stop`] |
//! | find the inputs that tell programs apart | [`cover()`], [`expected_split`] |
//! | measure a search | [`pass_at_k`], [`n_at_k`] from counts; [`drawn_n_at_k`] for any rule |
//! | say how sure that is | [`wilson`], [`bootstrap_mean`] |
//!
//! The crate is pure: no input or output, no clock, no threads, and no randomness but from seeds
//! that a caller gives. It speaks in indexes and digests, and does not know a candidate's text, what
//! a problem is, or how a program is run. The same calls give the same answers, bit for bit, on every
//! machine: only the operations that IEEE 754 fixes exactly are used (`+ - × ÷ √`), and logarithms
//! are made of those.
//!
//! # Examples
//!
//! ```
//! use riddle_clustering::{
//!     AlphaCode, Digest, EndingClass, ExecutionMatrix, Observation, SelectionRule, cluster,
//! };
//!
//! let printed = |text: u8| Observation {
//!     ending: EndingClass::Ok,
//!     output: Digest([text; 32]), // a real caller hashes the output
//!     fuel: 1_000,
//!     memory_bytes: 65_536,
//! };
//! let trapped = Observation { ending: EndingClass::Trap, ..printed(0) };
//!
//! let mut matrix = ExecutionMatrix::new(3);
//! matrix.push_row(3, &[printed(4), printed(9), trapped]);
//! matrix.push_row(1, &[printed(4), printed(8), trapped]);
//! matrix.push_row(2, &[printed(4), printed(9), trapped]);
//!
//! let clusters = cluster(&matrix);
//! assert_eq!(clusters[0].members, [0, 2]);
//! assert_eq!(clusters[0].weight, 5);
//!
//! let picks = AlphaCode.pick(&matrix, &clusters, 10);
//! let rows: Vec<usize> = picks.iter().map(|it| it.row).collect();
//! assert_eq!(rows, [0, 1, 2]);
//! ```

mod cluster;
mod cover;
mod dice;
mod math;
mod matrix;
mod metrics;
mod select;
mod stop;

pub use cluster::{
    Behaviours, Class, Cluster, IncrementalClusters, Tolerance, cluster, cluster_by_class,
    cluster_tolerantly,
};
pub use cover::{Chosen, Cover, Split, cover, expected_split};
pub use matrix::{
    Cell, Digest, EndingClass, ExecutionMatrix, MatrixView, Observation, Outcome, OutputId,
};
pub use metrics::{
    DrawnCurve, DrawnPoint, Draws, Interval, LabelledPool, bootstrap_mean, drawn_n_at_k, n_at_k,
    oracle, pass_at_k, wilson,
};
pub use select::{
    AlphaCode, AlphaCode2, B4, Ballot, CodeT, Estimator, FirstCome, Fmv, Form, MbrExec, Member,
    PassMatrix, Pick, Plan, RandomSurvivor, Reason, Riddle, SRank, SelectionRule, Tests, Tuning,
    Votes, keep_rows, rules,
};
pub use stop::{Barrier, Outlook, StopRule, should_stop};
