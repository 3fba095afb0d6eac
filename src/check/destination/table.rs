//! Tables of the Glue Data Catalog over the objects: what Glue, Firehose and Athena accept.

use super::super::{Context, sources};
use super::table_names;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Partition, S3, Setting, Table, TableSource, literal_head};
use crate::spec::{Compression, Newline};
use crate::table::columns::ColumnFault;
use crate::table::fields::NoFields;
use crate::table::layout::{LayoutFault, TableLayout, layout};
use crate::table::projection::{ProjectionFault, location};

pub(super) fn check(context: &mut Context, delivery: &Delivery, s3: &S3) {
    let mut found = Vec::new();
    match &s3.table {
        None => found.extend(missing(s3)),
        Some(table) => {
            found.extend(table_names::check(context, delivery, table));
            found.extend(lake_formation(s3, table));
            match &table.source {
                TableSource::Existing(existing) => found.extend(existing_table(s3, table, existing)),
                TableSource::Own { .. } => {
                    found.extend(compression(s3, table));
                    found.extend(lines(context, delivery, s3, table));
                    found.extend(other_deliveries(context, delivery, s3, table));
                    found.extend(others_in_its_folder(context, delivery, s3, table));
                    match layout(context.pipeline, context.query, delivery, s3) {
                        Ok(layout) => found.extend(since(table, &layout)),
                        Err(fault) => found.extend(fault_of(s3, table, fault)),
                    }
                }
            }
        }
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// A format that has columns, and no table with them.
fn missing(s3: &S3) -> Option<Diagnostic> {
    let format = s3.format.value;
    format.is_columnar().then(|| {
        Diagnostic::error(
            Code::FormatTable,
            s3.format.span,
            format!("Firehose takes the columns of {} from a table, and there is none", format.words()),
            "add `table: {database: NAME, name: NAME, since: YYYY-MM-DD}`, which the stack creates",
        )
    })
}

/// Firehose needs permissions of Lake Formation only for a table that it reads.
fn lake_formation(s3: &S3, table: &Table) -> Option<Diagnostic> {
    (table.lake_formation.value && !s3.format.value.is_columnar()).then(|| {
        Diagnostic::error(
            Code::TableUse,
            table.lake_formation.span,
            "Firehose writes JSON without the table, so it needs no permissions of Lake Formation",
            "remove `lake_formation`",
        )
    })
}

/// A table that exists has its own columns and its own folders.
fn existing_table(s3: &S3, table: &Table, existing: &Setting<String>) -> Option<Diagnostic> {
    if !s3.format.value.is_columnar() {
        return Some(Diagnostic::error(
            Code::TableUse,
            existing.span,
            "Firehose writes JSON without a table, so an existing one is not needed",
            "remove `table`, or write `table: {database: NAME, name: NAME}` for a table that the stack creates",
        ));
    }
    let since = table.since.as_ref()?;
    Some(
        Diagnostic::error(
            Code::TableUse,
            since.span,
            "an existing table has folders of its own",
            "remove `since`",
        )
        .related(existing.span, "the existing table"),
    )
}

/// Compression that Athena does not read. Athena user guide, "Use compression in Athena", 2026-04.
fn compression(s3: &S3, table: &Table) -> Option<Diagnostic> {
    (s3.location.compression == Compression::Zip).then(|| {
        Diagnostic::error(
            Code::ObjectCompression,
            s3.compression.span,
            "Athena does not read ZIP",
            "write `compression: gzip`",
        )
        .related(table.span, "the table")
    })
}

/// The folder of the table, and what else Firehose writes into it.
fn others_in_its_folder(context: &Context, delivery: &Delivery, s3: &S3, table: &Table) -> Vec<Diagnostic> {
    let folder = location(&s3.location.prefix.value);
    let errors = &s3.location.error_prefix;
    let mut found = Vec::new();
    if literal_head(&errors.value).starts_with(folder) {
        let span = if errors.written { errors.span } else { s3.location.prefix.span };
        let name = table.names().1;
        let whole = &s3.location.prefix.value;
        let help = match (errors.written, folder) {
            // A name that lacks its slash.
            (_, "") if !whole.is_empty() && !whole.contains('!') => format!("write `prefix: {whole}/`"),
            (true, "") | (false, _) => format!("write `prefix: {name}/`"),
            (true, _) => "write `error_prefix: \"errors/!{firehose:error-output-type}/\"`".into(),
        };
        found.push(
            Diagnostic::error(
                Code::TablePlace,
                span,
                match folder {
                    "" => "the table has the whole bucket as its folder, and Athena reads failed records as rows".into(),
                    folder => format!(
                        "failed records are written to `{}`, below the folder `{folder}` of the table, and Athena reads them as rows",
                        errors.value
                    ),
                },
                help,
            )
            .related(table.span, "the table"),
        );
    }
    if let Some(backup) = &s3.backup {
        let bucket =
            |location: &crate::pipeline::S3Location| location.bucket.as_ref().map(|name| name.value.clone());
        let same = bucket(backup).is_some() && bucket(backup) == bucket(&s3.location);
        if same && literal_head(&backup.prefix.value).starts_with(folder) {
            found.push(
                Diagnostic::error(
                    Code::TablePlace,
                    backup.prefix.span,
                    format!(
                        "the raw records are written to `{}`, below the folder `{folder}` of the table, and Athena reads them as rows",
                        backup.prefix.value
                    ),
                    format!("write `prefix: raw/{}/` at `backup`", context.pipeline.name.value),
                )
                .related(table.span, "the table"),
            );
        }
    }
    let takes_faults = context.pipeline.delivers_errors()
        && context.pipeline.error_delivery().is_some_and(|other| other.spec == delivery.spec);
    let faults = "errors/";
    if takes_faults && found.is_empty() && faults.starts_with(folder) {
        found.push(
            Diagnostic::error(
                Code::TablePlace,
                s3.location.prefix.span,
                "the error records of the SQL are written to `errors/`, below the folder of the table",
                format!("write `prefix: {}/`", table.names().1),
            )
            .related(table.span, "the table"),
        );
    }
    found
}

/// What other deliveries write into the table's folder of the same bucket.
fn other_deliveries(context: &Context, delivery: &Delivery, s3: &S3, table: &Table) -> Vec<Diagnostic> {
    let pipeline = context.pipeline;
    let folder = location(&s3.location.prefix.value);
    let Some(bucket) = &s3.location.bucket else { return Vec::new() };
    let at = pipeline.deliveries.iter().position(|one| one.spec == delivery.spec);
    let mut found = Vec::new();
    for (other_at, other) in pipeline.deliveries.iter().enumerate() {
        if Some(other_at) == at {
            continue;
        }
        let own_table = other.destination.table().filter(|table| table.is_own());
        for place in other.destination.locations() {
            if place.bucket.as_ref().is_none_or(|name| name.value != bucket.value) {
                continue;
            }
            // Two tables with one folder are one fault, which the later one reports.
            let theirs = location(&place.prefix.value);
            if own_table.is_some() && theirs == folder && Some(other_at) > at {
                continue;
            }
            let below = [("prefix", &place.prefix), ("error_prefix", &place.error_prefix)];
            let is_below =
                |(_, prefix): &(_, &Setting<String>)| literal_head(&prefix.value).starts_with(folder);
            let Some((key, prefix)) = below.into_iter().find(is_below) else { continue };
            let moves_table = theirs == folder || folder.is_empty() || !prefix.written;
            let (span, help) = match moves_table {
                true => (
                    s3.location.prefix.span,
                    format!("write `prefix: {}/` in `{}`", table.names().1, dotted(&s3.location.spec)),
                ),
                false => {
                    let folder = folder_of(other, folder);
                    let rest = if key == "prefix" { "" } else { "!{firehose:error-output-type}/" };
                    (prefix.span, format!("write `{key}: \"{folder}{rest}\"` in `{}`", dotted(&place.spec)))
                }
            };
            let message = match folder {
                "" => format!(
                    "the table has the whole bucket `{}` as its folder, and Athena reads the objects of {} as rows",
                    bucket.value,
                    other.words()
                ),
                folder => format!(
                    "{} writes to `{}`, below the folder `{folder}` of the table, and Athena reads its objects as rows",
                    other.words(),
                    prefix.value
                ),
            };
            found.push(
                Diagnostic::error(Code::TablePlace, span, message, help).related(table.span, "the table"),
            );
            break;
        }
    }
    found
}

/// A part of the spec with dots.
fn dotted(spec: &str) -> String {
    spec.trim_start_matches('/').replace('/', ".")
}

/// A folder for a delivery that is not below one.
fn folder_of(delivery: &Delivery, taken: &str) -> String {
    let name = delivery.name.as_deref().unwrap_or("delivery");
    let own = format!("{name}/");
    if own.starts_with(taken) { format!("{name}-records/") } else { own }
}

/// Records that Athena would not find, since they are not lines.
fn lines(context: &Context, delivery: &Delivery, s3: &S3, table: &Table) -> Option<Diagnostic> {
    if s3.format.value.is_columnar() {
        return None;
    }
    if let Some(transform) = &delivery.transform {
        let append = &transform.append;
        let is_line = transform.own.is_some() || append.value.ends_with('\n');
        return (!is_line && append.written).then(|| {
            Diagnostic::error(
                Code::TableLines,
                append.span,
                "Athena reads one JSON object per line, and no newline follows the records",
                "remove `append`, whose default is a newline",
            )
            .related(table.span, "the table")
        });
    }
    let pipeline = context.pipeline;
    let at = pipeline.deliveries.iter().position(|one| one.spec == delivery.spec)?;
    // Records of pipec's own producer and of sources have a rule of their own.
    let are_known = pipeline.producer.is_some() || sources::into(pipeline, at, delivery).next().is_some();
    (delivery.newline.written && delivery.newline.value == Newline::None && !are_known).then(|| {
        Diagnostic::warning(
            Code::TableLines,
            delivery.newline.span,
            "Athena reads one JSON object per line, and Firehose appends no newline to the records",
            "remove `newline: none`, unless each record ends with a newline",
        )
        .related(table.span, "the table")
    })
}

/// The day from which on Athena enumerates folders.
fn since(table: &Table, layout: &TableLayout) -> Option<Diagnostic> {
    match &table.since {
        None if layout.projection.has_times() => Some(Diagnostic::error(
            Code::TableSince,
            table.span,
            "the folders are times, and Athena needs the day of the oldest ones",
            "add `since: YYYY-MM-DD`, the day on which the pipeline starts, in UTC",
        )),
        Some(since) if pipec_core::parse_date(&since.value).is_none() => Some(Diagnostic::error(
            Code::TableSince,
            since.span,
            format!("`{}` is not a day", since.value),
            "write a day as in `since: 2026-11-29`",
        )),
        _ => None,
    }
}

/// Why there cannot be such a table.
fn fault_of(s3: &S3, table: &Table, fault: LayoutFault) -> Option<Diagnostic> {
    let error = |code, span, message: String, help: String| {
        Some(Diagnostic::error(code, span, message, help).related(table.span, "the table"))
    };
    match fault {
        LayoutFault::Fields(NoFields::Faulty) | LayoutFault::Folders(ProjectionFault::Unknown) => None,
        LayoutFault::Fields(NoFields::Undeclared) => Some(Diagnostic::error(
            Code::TableFields,
            table.span,
            "the columns of the table are not known",
            "declare them, as in `records: {format: json, columns: {id: {type: BIGINT}}}`",
        )),
        LayoutFault::Fields(NoFields::Csv) => Some(Diagnostic::error(
            Code::TableFields,
            table.span,
            "the objects contain lines of CSV, and pipec's tables are over JSON, Parquet and ORC",
            "add SQL, whose rows are JSON, as in `analytics: {sql: SELECT * FROM stream}`",
        )),
        LayoutFault::NoColumns => Some(Diagnostic::error(
            Code::TableColumn,
            table.span,
            "all columns are partition keys, and a table needs one that is not",
            "remove a key from `partition_by`",
        )),
        LayoutFault::Column(fault) => {
            let (span, message, help, other) = match fault {
                ColumnFault::Same { name, span, other } => (
                    span,
                    format!(
                        "two columns are `{name}` in the catalog, which has lower-case letters, digits and underscores"
                    ),
                    "rename one of them".to_owned(),
                    Some(other),
                ),
                ColumnFault::Overlap { key, span, other } => (
                    span,
                    format!("`{key}` is an object in one column, and a value in another"),
                    "remove one of them".into(),
                    Some(other),
                ),
                ColumnFault::Nested { key, span } => (
                    span,
                    format!(
                        "`{key}` is a key of an object, and the catalog has letters, digits and underscores only"
                    ),
                    "remove the column, or add SQL that selects it: its rows have no objects".into(),
                    None,
                ),
                ColumnFault::Array { name, span } => (
                    span,
                    format!(
                        "`{name}` is within an array or is the whole record, and cannot be a column of the table"
                    ),
                    "remove it, or add SQL, each row of which has one value of it".into(),
                    None,
                ),
            };
            let diagnostic = Diagnostic::error(Code::TableColumn, span, message, help);
            Some(match other {
                Some(other) => diagnostic.related(other, "the other one"),
                None => diagnostic.related(table.span, "the table"),
            })
        }
        LayoutFault::Key { key, span } => error(
            Code::PartitionName,
            span,
            format!("`{key}` is also a column of the table, and has other values there"),
            format!("write another name, such as `{}`", other_name(&key, &s3.partitions)),
        ),
        LayoutFault::Folders(ProjectionFault::Random) => error(
            Code::TableFolders,
            s3.location.prefix.span,
            "Athena cannot enumerate folders below one with a random name".into(),
            "write `!{firehose:random-string}` after all other expressions, or remove it".into(),
        ),
        LayoutFault::Folders(ProjectionFault::Letters(letters)) => error(
            Code::TableFolders,
            s3.location.prefix.span,
            format!("Athena cannot enumerate folders with `{letters}` of a time"),
            "write times of `yyyy`, `MM`, `dd`, `HH` and `mm`, as in `!{timestamp:yyyy/MM/dd}`".into(),
        ),
    }
}

/// A name for a key that no other key has.
fn other_name(key: &str, partitions: &[Partition]) -> String {
    let mut name = format!("{key}_key");
    while partitions.iter().any(|other| other.key == name) {
        name.push('_');
    }
    name
}
