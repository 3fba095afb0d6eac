//! From statements to the typed query: names become streams and columns, expressions get types.

mod aggregate;
mod aliases;
mod builtins;
mod distinct;
mod expr;
mod flow;
mod from;
mod functions;
mod group;
mod group_windows;
mod input;
mod input_name;
mod insert;
mod latest;
mod list;
mod literal;
mod logs;
mod nest;
mod operand;
mod operators;
mod outputs;
mod pattern;
mod reference;
mod regex;
mod renamed;
mod scope;
mod select;
mod signatures;
mod stagger;
mod streams;
mod time;
mod truth;
mod window;

pub(super) use flow::resolve;
pub(super) use signatures::form_of;
pub(super) use streams::RECORDS_TABLE;
