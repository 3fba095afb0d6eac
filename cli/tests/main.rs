//! Tests of the command, as a user meets it: a module for each subject.

mod commands;
mod deploy_scenarios;
mod import;
mod readme;
mod support;
