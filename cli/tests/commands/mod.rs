//! The command line as a user meets it: exit codes, streams, formats, files.

mod build;
mod check;
mod connector;
mod discover;
mod environments;
mod plan;
mod report;
mod simulate;
mod test;
mod watch;
