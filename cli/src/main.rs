//! The `riddle` binary.
fn main() {}
