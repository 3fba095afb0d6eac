//! Measures `pipec simulate`: `cargo run --release --package pipec-simulate --example throughput -- SPEC RECORDS [OUT]`.

use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use pipec_compiler::Select;
use pipec_compiler::aws::instance_types::Architecture;
use pipec_compiler::programs::{Build, Program, Programs};
use pipec_compiler::world::Disk;
use pipec_simulate::source::{Pace, from_file};
use pipec_simulate::store::Store;
use pipec_simulate::{START, Settings, Simulation};

/// Bytes of the largest memory that the process has had, as Linux reports them.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

#[allow(clippy::print_stdout, reason = "it is a program that prints figures")]
fn main() -> Result<(), String> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [spec, records, out @ ..] = arguments.as_slice() else { return Err("SPEC RECORDS [OUT]".into()) };
    // The programs' bytes are not needed to run them here.
    let build = |architecture| {
        let empty = move |program| Build { program, architecture, inputs: "".into(), packed: (&[]).into() };
        Program::ALL.map(empty)
    };
    let programs = Programs::new([Architecture::X86_64, Architecture::Arm64].into_iter().flat_map(build));
    let stack = pipec_compiler::compile(&Disk, &programs, Path::new(spec), Select::Spec).pipeline();
    let stack = stack.ok_or("the spec has errors")?;
    let store = out.first().map_or(Store::Nowhere, |folder| Store::Folder(folder.into()));
    let began = Instant::now();
    // The peak load of the stream: the producer alone may be slow, and objects are then small.
    let rate = Some(stack.checked.pipeline().intake.records_per_second.value);
    let pace = Pace { start: START, rate, ..Pace::default() };
    let mut arrivals = from_file(&stack, Path::new(records), &pace)?;
    let mut simulation = Simulation::new(&stack, &Settings::new(store))?;
    simulation.feed(&mut arrivals)?;
    let trace = simulation.finish(&arrivals, records)?;
    let seconds = began.elapsed().as_secs_f64();
    let count = trace.source.records_in as f64;
    println!("{count} records, {seconds:.2} s, {:.0} records/s", count / seconds);
    println!("{} MB at most", memory().unwrap_or(0) / 1_000_000);
    Ok(())
}
