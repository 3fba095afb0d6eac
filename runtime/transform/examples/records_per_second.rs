//! Transforms the event of a file for some seconds and prints how many records a second that is, for
//! `scripts/compare_transform.py`: `records_per_second EVENT SECONDS [REPLY]`. REPLY is where the reply is written.

#![allow(clippy::print_stdout, reason = "its result")]

use std::{
    env,
    error::Error,
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use pipec_core::RecordProgram;
use pipec_transform::{batch, event::Event};

fn main() -> Result<(), Box<dyn Error>> {
    let [_, event, seconds, reply @ ..] = &env::args().collect::<Vec<_>>()[..] else {
        return Err("EVENT SECONDS [REPLY]".into());
    };
    let event = fs::read(event)?;
    let time = Duration::try_from_secs_f64(seconds.parse()?)?;
    let program = RecordProgram::appending("\n");
    if let [path] = reply {
        fs::write(path, batch::transform(&program, &Event::from_json(&event)?).0)?;
    }
    let (started, mut records) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        let (reply, counts) = batch::transform(&program, &Event::from_json(black_box(&event))?);
        black_box(reply);
        records += u32::try_from(counts.records)?;
    }
    println!("{:.0}", f64::from(records) / started.elapsed().as_secs_f64());
    Ok(())
}
