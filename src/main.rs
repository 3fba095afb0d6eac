//! The pipec command.
fn main() {
    use pipec::aws::instance_types::Architecture::X86_64;
    use pipec::runtime::*;
    let programs = Programs::new(Program::ALL.map(|program| Build { program, architecture: X86_64, inputs: "x".into(), gzip: Default::default() }));
    let c = pipec::compile(&pipec::world::Disk, &programs, std::path::Path::new(&std::env::args().nth(1).unwrap()));
    let f = pipec::diagnostics::format::Findings { sources: &c.sources, diagnostics: &c.diagnostics };
    anstream::eprint!("{}", pipec::diagnostics::Format::Text.render(&[f]));
    if let Some(s) = c.stack { anstream::print!("{}", s.template) }
}
