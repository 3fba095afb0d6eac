//! From statements to the typed query: names become streams and columns, expressions get types.

mod aggregate;
mod expr;
mod flow;
mod forest;
mod from;
mod functions;
mod group;
mod input;
mod insert;
mod literal;
mod logs;
mod operand;
mod operators;
mod reference;
mod regex;
mod scope;
mod select;
mod signatures;
mod streams;
mod time;
mod window;

pub(super) use flow::resolve;
pub(super) use streams::RECORDS_TABLE;
