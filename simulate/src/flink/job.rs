//! A job: the generated SQL with files in place of streams, and with the records' clock in place of the machine's.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::arrivals_file::{ArrivalsFile, rows};
use pipec_compiler::plan::AnalyticsPlan;
use pipec_compiler::plan::value::Value;

/// The options of `main.py`, which the application sets in AWS.
const OPTIONS: [(&str, &str); 2] =
    [("table.local-time-zone", "UTC"), ("table.exec.source.idle-timeout", "30 s")];
/// Options of a run on files: the order of the rows is that of the records, and each record moves the watermark.
const OWN_OPTIONS: [(&str, &str); 2] =
    [("parallelism.default", "1"), ("pipeline.auto-watermark-interval", "0")];
const STATEMENT_END: &str = ";\n\n";
/// The tables that read the stream.
const RECORDS: [&str; 2] =
    ["CREATE TEMPORARY TABLE `pipec_records` ", "CREATE TEMPORARY TABLE `pipec_bytes` "];
/// The clock of a row, as the generated SQL has it.
const CLOCKS: [&str; 2] = ["`pipec_rowtime` AS PROCTIME()", "`pipec_rowtime` AS CURRENT_ROW_TIMESTAMP()"];
/// The same as the time of arrival.
const ARRIVAL: &str = "`pipec_rowtime` TIMESTAMP_LTZ(3) METADATA FROM 'arrival'";
/// The watermark right behind each record.
const WATERMARK: &str = ",\n  WATERMARK FOR `pipec_rowtime` AS `pipec_rowtime` - INTERVAL '0.001' SECOND";
/// The clock of a fault that has no row of a record.
const NOW: &str = "CAST(CURRENT_ROW_TIMESTAMP() AS TIMESTAMP(3)) AS `";
/// File of the job.
const JOB: &str = "job";

/// A job with its files.
#[derive(Debug)]
pub struct Job {
    folder: TempDir,
    arrivals: ArrivalsFile,
    outputs: Vec<String>,
}

/// A row of an output.
#[derive(Debug)]
pub struct Row<'a> {
    /// The watermark at which it came, milliseconds since 1970.
    pub watermark: i64,
    /// The row, as it is written into the output's stream.
    pub data: &'a [u8],
}

impl Job {
    /// A job without records. A fault without a time gets the one at which the run starts, milliseconds since 1970.
    ///
    /// # Errors
    /// What does not run here, or why the files cannot be written, in a sentence.
    pub fn new(plan: &AnalyticsPlan, start: i64) -> Result<Self, String> {
        if plan.functions.is_some() {
            return Err("the SQL calls a random cut forest, which `pipec simulate` cannot run".into());
        }
        let ttl = plan.properties.iter().find(|property| property.key == "state.ttl");
        let ttl = ttl.and_then(|property| match &property.value {
            Value::Text(ttl) => Some(ttl.as_str()),
            _ => None,
        });
        Self::of_sql(&plan.sql, ttl, start)
            .map_err(|error| format!("Flink's files cannot be written: {error}"))
    }

    /// The same for a text of SQL, and perhaps a time-to-live of its state.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn of_sql(sql: &str, state_ttl: Option<&str>, start: i64) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("pipec-flink-").tempdir()?;
        let mut text = String::new();
        for (name, value) in OPTIONS.into_iter().chain(OWN_OPTIONS) {
            let _ = writeln!(text, "{name}={value}");
        }
        if let Some(ttl) = state_ttl {
            let _ = writeln!(text, "table.exec.state.ttl={ttl}");
        }
        text.push('\n');
        text += &on_files(sql, folder.path(), start);
        std::fs::write(folder.path().join(JOB), text)?;
        let arrivals = ArrivalsFile::create(&arrivals(folder.path()))?;
        Ok(Self { arrivals, outputs: outputs(sql), folder })
    }

    /// Appends a record that arrives at a time, milliseconds since 1970.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn add(&mut self, at: i64, record: &[u8]) -> io::Result<()> {
        self.arrivals.add(at, record)
    }

    /// The file to run, with all records.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn file(&mut self) -> io::Result<PathBuf> {
        self.arrivals.finish()?;
        Ok(self.folder.path().join(JOB))
    }

    /// Names of the outputs.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// Why the job failed.
    pub fn fault(&self) -> Option<String> {
        let fault = std::fs::read_to_string(self.folder.path().join(format!("{JOB}.fault"))).ok()?;
        // The last cause is the first one in time.
        Some(fault.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason").to_owned())
    }

    /// The rows of an output, in the order of writing.
    ///
    /// # Errors
    /// As the file system and `each` give them.
    pub fn rows(&self, output: &str, mut each: impl FnMut(Row) -> io::Result<()>) -> io::Result<()> {
        rows(&written(self.folder.path(), output), |watermark, data| each(Row { watermark, data }))
    }
}

fn arrivals(folder: &Path) -> PathBuf {
    folder.join("arrivals")
}

fn written(folder: &Path, output: &str) -> PathBuf {
    folder.join(format!("{output}.rows"))
}

/// The outputs that a text names in `${output.NAME.stream.arn}`.
fn outputs(sql: &str) -> Vec<String> {
    let places = sql.split("${output.").skip(1);
    places.filter_map(|rest| Some(rest.split_once(".stream.arn}")?.0.to_owned())).collect()
}

/// The SQL with its Kinesis streams pointed at files, and with the time of arrival as its clock. Its queries stay as they are.
fn on_files(sql: &str, folder: &Path, start: i64) -> String {
    let fixed = format!("TIMESTAMP '{}' AS `", pipec_core::timestamp_text(start));
    let mut job = String::new();
    for statement in sql.split(STATEMENT_END) {
        let statement = without_comments(statement.trim());
        if statement.is_empty() {
            continue;
        }
        let statement = statement.strip_suffix(';').unwrap_or(statement);
        let reads = RECORDS.iter().any(|table| statement.starts_with(table));
        let lines = statement.lines().filter(|line| {
            let line = line.trim_start();
            !line.starts_with("'aws.region' = ") && !line.starts_with("'source.init.")
        });
        let mut text = lines.collect::<Vec<_>>().join("\n");
        let connector = if reads { "'connector' = 'pipec-arrivals'" } else { "'connector' = 'pipec-rows'" };
        text = text.replace("'connector' = 'kinesis'", connector);
        text = text.replace("'stream.arn' = '${input.stream.arn}'", &path_option(&arrivals(folder)));
        for output in outputs(&text) {
            let place = format!("'stream.arn' = '${{output.{output}.stream.arn}}'");
            text = text.replace(&place, &path_option(&written(folder, &output)));
        }
        // A table has one watermark.
        let has_own = text.contains("WATERMARK FOR `pipec_event_time`");
        let [by_clock, by_ingestion] = CLOCKS;
        let clock = if has_own { ARRIVAL.to_owned() } else { format!("{ARRIVAL}{WATERMARK}") };
        text = text.replace(by_clock, &clock).replace(by_ingestion, ARRIVAL);
        text = text.replace("SESSION_PROCTIME(", "SESSION_ROWTIME(").replace(NOW, &fixed);
        job += &text;
        job += STATEMENT_END;
    }
    job
}

fn path_option(path: &Path) -> String {
    format!("'path' = '{}'", path.display().to_string().replace('\'', "''"))
}

/// A statement without the comments in front of it.
fn without_comments(statement: &str) -> &str {
    let mut rest = statement;
    while rest.starts_with("--") {
        rest = rest.split_once('\n').map_or("", |(_, behind)| behind.trim_start());
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::plan::MAIN_PY;

    #[test]
    fn the_options_are_those_of_the_application() {
        for (name, value) in OPTIONS {
            assert!(MAIN_PY.contains(&format!("    \"{name}\": \"{value}\",\n")), "{name}");
        }
        let options =
            MAIN_PY.split("OPTIONS = {").nth(1).and_then(|rest| rest.split('}').next()).expect("options");
        assert_eq!(options.matches("\": \"").count(), OPTIONS.len());
    }

    #[test]
    fn streams_become_files_and_the_clock_the_arrival() {
        let sql = "-- A comment.\n\nCREATE TEMPORARY TABLE `pipec_records` (\n  `id` INT,\n  `pipec_rowtime` AS PROCTIME()\n) WITH (\n  \
            'connector' = 'kinesis',\n  'stream.arn' = '${input.stream.arn}',\n  'aws.region' = '${aws.region}',\n  \
            'source.init.position' = 'LATEST',\n  'format' = 'json'\n);\n\n-- An output.\nCREATE TEMPORARY TABLE `OUT` (\n  `id` INT\n) WITH (\n  \
            'connector' = 'kinesis',\n  'stream.arn' = '${output.OUT.stream.arn}',\n  'aws.region' = '${aws.region}',\n  \
            'format' = 'json'\n);\n\nINSERT INTO `OUT`\nSELECT `id` FROM `pipec_records`;\n";
        assert_eq!(
            on_files(sql, Path::new("/f"), 0),
            "CREATE TEMPORARY TABLE `pipec_records` (\n  `id` INT,\n  `pipec_rowtime` TIMESTAMP_LTZ(3) METADATA FROM 'arrival',\n  \
             WATERMARK FOR `pipec_rowtime` AS `pipec_rowtime` - INTERVAL '0.001' SECOND\n) WITH (\n  'connector' = 'pipec-arrivals',\n  \
             'path' = '/f/arrivals',\n  'format' = 'json'\n);\n\nCREATE TEMPORARY TABLE `OUT` (\n  `id` INT\n) WITH (\n  \
             'connector' = 'pipec-rows',\n  'path' = '/f/OUT.rows',\n  'format' = 'json'\n);\n\nINSERT INTO `OUT`\nSELECT `id` FROM `pipec_records`;\n\n"
        );
        assert_eq!(outputs(sql), ["OUT"]);
    }
}
