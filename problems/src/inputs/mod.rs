//! Making inputs. Pure: nothing here runs a program, so an input may well be invalid; whether it is
//! worth keeping shows when programs run on it.

pub mod blend;
mod dice;
pub mod grammar;
mod integer;
pub mod mutate;
pub mod reduce;
mod shape;
