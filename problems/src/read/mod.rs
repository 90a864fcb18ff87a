//! Reading problems from disk. Total: hostile bytes give an error that names the file, never a
//! panic, and every read is bounded.

mod constants;
mod expected;
mod fields;
mod folder;
mod kattis;
mod load;
mod pairs;
mod polygon;
mod problem_json;
mod programs;
mod statement;
mod submissions;
mod submissions_yaml;
mod tree;

pub use load::{Format, LoadOptions, UnknownFormat, load};
pub use submissions::{load_submissions, load_submissions_as};

pub mod read_bounds {
    //! How much is read of one problem; more is an error that names the bound.

    pub use super::load::{MAX_CONFIG_BYTES, MAX_GROUPS, MAX_JSON_BYTES};
    pub use super::pairs::{MAX_ALL_TESTS_BYTES, MAX_TESTS};
    pub use super::polygon::MAX_XML_BYTES;
    pub use super::submissions::MAX_ALL_SUBMISSIONS_BYTES;
    pub use super::tree::{MAX_ALL_PROGRAMS_BYTES, MAX_DEPTH, MAX_FILE_BYTES, MAX_FILES};
}
