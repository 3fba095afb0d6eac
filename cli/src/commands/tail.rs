//! `pipec tail`

use std::io::{self, Write};

use clap::Args;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::output::{Exit, note};
use super::since::since;
use crate::cloud::deployed::{Deployed, deployed};
use crate::cloud::interrupt::Interrupt;
use crate::cloud::observer::Observer;
use crate::cloud::sdk::SdkClient;
use crate::cloud::stop::{At, Step, Stop};
use crate::watch::tail::{self, Place, Start, Target};
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::{DeliveryPlan, S3LocationPlan};
use pipec_compiler::terminal::printable;
use pipec_simulate::content;

/// Read the records of a deployed pipeline's streams, or the objects in its bucket, as they arrive
///
/// Reads all shards and their children, and shares the five calls and 2 MiB per second of each shard with the pipeline.
/// Gzip and the delivery's compression are decompressed; binary content is printed as `base64:...`. Of an object in Parquet
/// or ORC, the key and the size are printed to stderr.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec tail pipeline.yaml                              records as they arrive\n  \
                        pipec tail pipeline.yaml output                       rows of the query\n  \
                        pipec tail pipeline.yaml bucket --since 1h            lines of new objects\n  \
                        pipec tail pipeline.yaml failed --since 1d            what was not delivered, and why\n  \
                        pipec tail pipeline.yaml --from-beginning --count 10  the ten oldest records\n  \
                        pipec tail pipeline.yaml LARGE --since 5min --no-follow | jq .\n\n\
                        Runs until Ctrl-C, then exits with 0. Only content is printed to stdout."
)]
pub(super) struct Tail {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// `input`, `output` (the rows that are delivered), the name of an output of the SQL, `bucket`, or `failed` (what did not reach the
    /// destination, and why); of several deliveries `NAME` and `NAME-failed`; with `backup`, also `backup`
    #[arg(value_name = "WHAT", default_value = "input")]
    what: String,
    /// Start from records that arrived this long ago
    #[arg(long, value_name = "TIME", value_parser = since, conflicts_with = "from_beginning")]
    since: Option<i64>,
    /// Start from the oldest record
    #[arg(long)]
    from_beginning: bool,
    /// Stop after N records, or lines of objects
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Stop at the end of the stream
    #[arg(long)]
    no_follow: bool,
    /// Write the bytes of each record or object as they are, without separators
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

/// Where content goes: past anything that would change it.
struct Sink {
    left: Option<u64>,
    end: Result<(), Exit>,
}

impl Sink {
    /// Writes one record or line; whether there may be more.
    fn write(&mut self, content: &[u8]) -> bool {
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(content).and_then(|()| out.flush()) {
            self.end = match error.kind() {
                io::ErrorKind::BrokenPipe => Err(Exit::Closed),
                _ => Err(Exit::usage(&format!("the output cannot be written: {error}"))),
            };
            return false;
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.left != Some(0)
    }
}

impl Tail {
    pub(super) fn run(self) -> Result<(), Exit> {
        let compiled = compile(&self.pipeline, EventFormat::Text)?;
        let target = Target::find(&compiled.stack.plan.graph, &self.what).map_err(|names| {
            Exit::usage(&format!("this pipeline has no `{}`; it has {}", self.what, names.join(", ")))
        })?;
        let interrupt = Interrupt::install();
        let mut sink = Sink { left: self.count, end: Ok(()) };
        match self.tail(&compiled, &target, &interrupt, &mut sink) {
            // Who follows has no other way to end it.
            Err(Stop::Interrupted(_)) if !self.no_follow => Ok(()),
            Err(stop) => Err(compiled.stopped(stop, EventFormat::Text)),
            Ok(()) => sink.end,
        }
    }

    fn tail(&self, compiled: &Compiled, target: &Target, interrupt: &Interrupt, sink: &mut Sink) -> Step<()> {
        let client = compiled.client(&self.aws, interrupt)?;
        let deployed = deployed(&client, &compiled.stack.plan, &compiled.shown_spec())?;
        let start = match self.since {
            Some(since) => Start::Since(client.now().saturating_sub(since).max(0)),
            None if self.from_beginning => Start::Oldest,
            None => Start::Now,
        };
        let existing =
            compiled.stack.plan.stream.as_ref().map(|stream| stream.name.shown()).unwrap_or_default();
        let stream = match target {
            Target::ExistingStream => existing.as_str(),
            Target::Bucket(delivery, purpose) => {
                let mut deliveries = compiled.stack.plan.deliveries.iter();
                let of = deliveries.find(|known| known.name == *delivery);
                let location = of.and_then(|delivery| delivery.location(*purpose));
                let location = location.ok_or_else(|| missing(&compiled.shown_spec()))?;
                return self.objects(compiled, (location, false), &client, &deployed, start, sink);
            }
            Target::Failures(delivery) => {
                let mut deliveries = compiled.stack.plan.deliveries.iter();
                let of = deliveries.find(|known| known.name == *delivery);
                let location = of.and_then(DeliveryPlan::failures);
                let location = location.ok_or_else(|| missing(&compiled.shown_spec()))?;
                return self.objects(compiled, (location, true), &client, &deployed, start, sink);
            }
            Target::Stream(logical_id) => {
                deployed.name(logical_id).ok_or_else(|| missing(&compiled.shown_spec()))?
            }
        };
        tail::records(&client, stream, start, !self.no_follow, &mut |data| {
            if self.raw { sink.write(data) } else { sink.write(content::text(data).as_bytes()) }
        })
    }

    fn objects(
        &self,
        compiled: &Compiled,
        (location, failures): (&S3LocationPlan, bool),
        client: &SdkClient,
        deployed: &Deployed,
        start: Start,
        sink: &mut Sink,
    ) -> Step<()> {
        let shown = location.bucket_name.shown();
        let bucket = match &location.logical_id {
            Some(own) => deployed.name(own).ok_or_else(|| missing(&compiled.shown_spec()))?,
            None => &shown,
        };
        let place = Place { bucket, location, failures };
        tail::objects(client, place, start, !self.no_follow, &mut |key, content| {
            let content = match content {
                Ok(content) => content,
                Err(reason) => {
                    note(&printable(&format!("s3://{bucket}/{key}: {reason}")));
                    return true;
                }
            };
            if self.raw {
                return sink.write(&content);
            }
            if let Some(format) = content::columnar(&content) {
                let read = "--raw writes its bytes, and Athena reads it by its table";
                note(&printable(&format!(
                    "s3://{bucket}/{key}: {format} of {} bytes; {read}",
                    content.len()
                )));
                sink.left = sink.left.map(|left| left.saturating_sub(1));
                return sink.left != Some(0);
            }
            let mut lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            lines.all(|line| {
                let line = if failures { content::failure(line) } else { content::text(line) };
                sink.write(line.as_bytes())
            })
        })
    }
}

fn missing(spec: &str) -> Stop {
    Stop::fault(
        Code::NotDeployed,
        At::Name,
        "the deployed stack does not have this yet",
        format!("update it with `pipec deploy {spec}`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_comes_with_a_command_to_type() {
        let Stop::Fault(fault) = missing("o.yaml --env prod") else { panic!("a fault") };
        assert!(fault.help.contains("`pipec deploy o.yaml --env prod`"), "{}", fault.help);
    }
}
