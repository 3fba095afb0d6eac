//! `repeat newline|copy|PROGRAM EVENT REPEATS [REPLY]`: from the event's bytes to the reply's, so many times, or a mere
//! copy of the event's bytes; PROGRAM is the file of a record program. Part of `scripts/compare_transform.py`, which takes the time.

use std::{env, error::Error, fs, hint::black_box};

use pipec_core::RecordProgram;
use pipec_transform::{batch, event::Event};

fn main() -> Result<(), Box<dyn Error>> {
    let [_, work, event, repeats, reply @ ..] = &env::args().collect::<Vec<_>>()[..] else {
        return Err("repeat newline|copy|PROGRAM EVENT REPEATS [REPLY]".into());
    };
    let (event, repeats) = (fs::read(event)?, repeats.parse::<usize>()?);
    let program = match work.as_str() {
        "newline" | "copy" => RecordProgram::appending("\n"),
        path => RecordProgram::from_json(&fs::read(path)?)?,
    };
    if let [path] = reply {
        fs::write(path, batch::transform(&program, &Event::from_json(&event)?).0)?;
    }
    if work == "copy" {
        let mut copy = vec![0; event.len()];
        for _ in 0..repeats {
            black_box(&mut copy).copy_from_slice(black_box(&event));
        }
    } else {
        for _ in 0..repeats {
            black_box(batch::transform(&program, &Event::from_json(black_box(&event))?));
        }
    }
    Ok(())
}
