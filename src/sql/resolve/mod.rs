//! From statements to the typed query: names become streams and columns, expressions get types.

mod aggregate;
mod aliases;
mod builtins;
mod expr;
mod flow;
mod forest;
mod from;
mod functions;
mod group;
mod group_windows;
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

pub(super) use aggregate::forms as aggregate_names;
pub(super) use flow::resolve;
pub(super) use signatures::{FORMS, SIGNATURES, form_of};
pub(super) use streams::RECORDS_TABLE;
