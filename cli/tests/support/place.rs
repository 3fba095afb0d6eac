//! pipec as a user calls it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub const SPEC: &str = "name: orders\nstream:\n  record_size: 1 KiB\n  records_per_second: 100\ndelivery:\n  s3:\n    prefix: orders/\n";

pub const FLINK: &str = "name: orders\nstream:\n  record_size: 1 KiB\n  records_per_second: 100\nrecords:\n  format: json\n  columns:\n    id: {type: BIGINT}\nanalytics:\n  runtime: flink\n  sql: SELECT \"id\" FROM stream\ndelivery: {s3: {}}\n";

/// A folder with a spec in it, and pipec run there without anything from outside.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let place = Self { folder: TempDir::new().expect("a folder") };
        place.file("orders.yaml", SPEC);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    pub fn pipec(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pipec"))
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .output()
            .expect("pipec runs")
    }
}

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

pub fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path.display().to_string()) }
    }
    found.sort();
    found
}
