//! From statements to the typed query: names become streams and columns, expressions get types.

mod expr;
mod functions;
mod input;
mod insert;
mod literal;
mod operand;
mod operators;
mod scope;
mod select;
mod streams;

pub(super) use streams::{RECORDS_TABLE, resolve};
