//! Tests of the compiler, except for its SQL: a module for each subject.

mod answers;
mod cases;
mod committed;
mod destinations;
mod environments;
mod explain;
mod front_end;
mod import;
mod layers;
mod order;
mod secrets;
mod shapes;
mod support;
mod templates;
mod words;
