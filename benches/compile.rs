//! What a compilation costs inside of the process: the whole, and each phase that could grow.

#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use std::borrow::Cow;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use pipec_compiler::aws::instance_types::Architecture;
use pipec_compiler::programs::{Build, Program, Programs};
use pipec_compiler::source::Sources;
use pipec_compiler::world::Disk;
use pipec_compiler::{Select, artifacts, parse, render};

fn compile(criterion: &mut Criterion) {
    let programs = Programs::new(Program::ALL.map(|program| Build {
        program,
        architecture: Architecture::X86_64,
        inputs: Cow::Borrowed("00"),
        packed: Cow::Borrowed(&[]),
    }));
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/user-data-pipeline.yaml"));
    criterion.bench_function("compile the reference pipeline", |bencher| {
        bencher.iter(|| {
            let compilation = pipec_compiler::compile(&Disk, &programs, black_box(path), Select::Spec);
            let stack = compilation.pipeline().expect("the reference builds");
            artifacts::texts(&stack.plan, &stack.template)
        });
    });
    let mut sources = Sources::default();
    let file = parse::load(&Disk, path, &mut sources).expect("the reference");
    criterion.bench_function("parse the reference pipeline", |bencher| {
        bencher.iter(|| parse::parse(black_box(sources.file(file))));
    });
    let stack = pipec_compiler::compile(&Disk, &programs, path, Select::Spec)
        .pipeline()
        .expect("the reference builds");
    criterion.bench_function("render the reference pipeline", |bencher| {
        bencher.iter(|| render::render(black_box(&stack.plan)));
    });
    criterion.bench_function("verify the reference pipeline", |bencher| {
        bencher.iter(|| render::verify::verify(black_box(stack.template.clone()), &stack.plan));
    });
}

criterion_group!(benches, compile);
criterion_main!(benches);
