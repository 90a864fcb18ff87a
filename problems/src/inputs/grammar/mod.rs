//! Grammars inferred from public inputs, and inputs made from them.
mod constraints;
mod expr;
mod layout;
mod page;
mod plain;
mod search;
mod sketch;
