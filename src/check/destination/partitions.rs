//! Dynamic partitioning: its keys, their columns, the prefix that has them, and the quota of partitions.

use super::super::{Context, sources};
use crate::aws::limits::firehose;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{
    Delivery, KEY_NAMESPACES, KeysFrom, Partition, PrefixPart, S3, SourceKind, split_prefix,
};
use crate::source::Span;
use crate::sql::DataType;
use crate::table::active_partitions::active_partitions;
use crate::table::fields::{Field, Fields, NoFields, fields};
use crate::table::partition_keys::takes_written_time;
use crate::table::time_pattern::{TimePattern, TimeUnit};

pub(super) fn check(context: &mut Context, delivery: &Delivery, s3: &S3) {
    let mut found = quota_bounds(s3);
    if s3.partitions.is_empty() {
        found.into_iter().for_each(|diagnostic| context.report(diagnostic));
        return;
    }
    found.extend(s3.partitions.iter().filter_map(name));
    found.extend(prefix(s3));
    found.extend(several(context, delivery, s3));
    match fields(context.pipeline, context.query, delivery) {
        Ok(fields) => {
            let checked = s3.partitions.iter().map(|partition| column(partition, &fields));
            found.extend(checked.flatten());
            if found.is_empty() {
                found.extend(active(context, delivery, s3, &fields));
                found.extend(zones(delivery, s3, &fields));
            }
        }
        Err(NoFields::Undeclared) => found.push(Diagnostic::error(
            Code::PartitionColumn,
            s3.partitions[0].span,
            "the columns of the records are not known",
            "declare them, as in `records: {format: json, columns: {id: {type: BIGINT}}}`",
        )),
        Err(NoFields::Csv) => found.push(Diagnostic::error(
            Code::PartitionColumn,
            s3.partitions[0].span,
            "Firehose finds the values of partition keys in JSON, and these records are CSV",
            "add SQL, whose rows are JSON, as in `analytics: {sql: SELECT * FROM stream}`",
        )),
        Err(NoFields::Faulty) => {}
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn quota_bounds(s3: &S3) -> Vec<Diagnostic> {
    let quota = &s3.partition_quota;
    let bounds = firehose::ACTIVE_PARTITIONS;
    if quota.written && s3.partitions.is_empty() {
        return vec![Diagnostic::error(
            Code::ConflictingKeys,
            quota.span,
            "`partition_quota` is for a delivery with `partition_by`",
            "remove `partition_quota`, or add `partition_by: {country: COUNTRY}`",
        )];
    }
    if bounds.contains(quota.value) {
        return Vec::new();
    }
    vec![Diagnostic::error(
        Code::OutOfRange,
        quota.span,
        format!("Firehose fills {bounds} partitions at a time, not {}", quota.value),
        format!("write `partition_quota: {}`", quota.value.clamp(bounds.min, bounds.max)),
    )]
}

/// A name that is a folder, a column of the table and a name in jq.
fn name(partition: &Partition) -> Option<Diagnostic> {
    let key = &partition.key;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if key.starts_with(|c: char| c.is_ascii_lowercase()) && key.chars().all(allowed) {
        return None;
    }
    let better: String = key
        .chars()
        .map(|c| if allowed(c.to_ascii_lowercase()) { c.to_ascii_lowercase() } else { '_' })
        .collect();
    let better = better.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    Some(Diagnostic::error(
        Code::PartitionName,
        partition.span,
        format!(
            "`{key}` is not a name for a partition key: a lower-case letter, followed by lower-case letters, digits and `_`"
        ),
        match better {
            "" => "write a name such as `country`".into(),
            better => format!("write `{better}`"),
        },
    ))
}

/// The keys in the prefix are those of the spec, each at least once.
fn prefix(s3: &S3) -> Vec<Diagnostic> {
    let prefix = &s3.location.prefix;
    let namespace = s3.keys_from.namespace();
    let own = format!("{namespace}:");
    let mut used = Vec::new();
    let mut found = Vec::new();
    // An expression that is not closed is reported with the other faults of prefixes.
    let Ok(parts) = split_prefix(&prefix.value) else { return Vec::new() };
    for part in parts {
        let PrefixPart::Expression(expression) = part else { continue };
        let Some(known) = KEY_NAMESPACES.iter().find(|known| expression.starts_with(**known)) else {
            continue;
        };
        let key = &expression[known.len()..];
        used.push(key);
        if *known != own {
            let finds = match s3.keys_from {
                KeysFrom::Transform => "the transform returns the keys",
                KeysFrom::Firehose => "Firehose extracts the keys from the records itself",
            };
            found.push(Diagnostic::error(
                Code::PartitionPrefix,
                prefix.span,
                format!("`!{{{expression}}}` has no value: {finds}"),
                format!("write `!{{{own}{key}}}`"),
            ));
        } else if s3.partitions.iter().all(|partition| partition.key != key) {
            let names = s3.partitions.iter().map(|partition| partition.key.as_str());
            let help = match suggest::nearest(key, names) {
                Some(near) => format!("did you mean `!{{{own}{near}}}`?"),
                None => format!("add `{key}: COLUMN` to `partition_by`"),
            };
            found.push(Diagnostic::error(
                Code::PartitionPrefix,
                prefix.span,
                format!("`partition_by` has no key `{key}`"),
                help,
            ));
        }
    }
    if !found.is_empty() {
        return found;
    }
    let unused = s3.partitions.iter().filter(|partition| !used.contains(&partition.key.as_str()));
    found.extend(unused.map(|partition| {
        Diagnostic::error(
            Code::PartitionPrefix,
            partition.span,
            format!(
                "the prefix does not contain the key `{}`, and Firehose rejects unused keys",
                partition.key
            ),
            format!("add `{0}=!{{{own}{0}}}/` to `prefix`, or remove the key", partition.key),
        )
        .related(prefix.span, "the prefix")
    }));
    found
}

/// Records of which each may become rows or objects of several partitions. Firehose stores a record in one.
fn several(context: &Context, delivery: &Delivery, s3: &S3) -> Option<Diagnostic> {
    let transform = delivery.transform.as_ref();
    let unpack = transform.and_then(|transform| transform.unpack.as_ref()).or(delivery.unpack.as_ref());
    let partition = &s3.partitions[0];
    if let Some(unpack) = unpack {
        return Some(
            Diagnostic::error(
                Code::PartitionRecords,
                partition.span,
                "a record of CloudWatch Logs contains log events of several partitions, and Firehose stores it in one",
                "remove `partition_by`; Athena can still filter by the columns",
            )
            .related(unpack.span, "what is unpacked"),
        );
    }
    if let Some(metrics) = metric_stream(context, delivery) {
        return Some(
            Diagnostic::error(
                Code::PartitionRecords,
                partition.span,
                "a record of a metric stream contains metrics of several partitions, and Firehose stores it in one",
                "remove `partition_by`; Athena can still filter by the columns",
            )
            .related(metrics, "the metric stream"),
        );
    }
    if !context.pipeline.runs_query(delivery) {
        return None;
    }
    let columns = &context.pipeline.records.as_ref()?.columns;
    let Some(inside) = columns.iter().find(|column| column.path.elements().is_some()) else {
        return statements(context, delivery, s3);
    };
    Some(
        Diagnostic::error(
            Code::PartitionRecords,
            partition.span,
            "a record with an array becomes several rows, perhaps of several partitions, and Firehose stores it in one",
            "remove `partition_by`, or write `runtime: flink`, whose rows are records of their own",
        )
        .related(inside.span, "a column within an array"),
    )
}

/// Statements of the SQL that make rows of several partitions of one record.
fn statements(context: &Context, delivery: &Delivery, s3: &S3) -> Option<Diagnostic> {
    let query = context.query?;
    let output = context.pipeline.output(delivery, query)?;
    if query.makes_one_row(output) {
        return None;
    }
    let fields = fields(context.pipeline, context.query, delivery).ok()?;
    s3.partitions.iter().find_map(|partition| {
        let column = fields.position(&partition.column.value)?;
        let (first, second) = query.rows_that_differ(output, column)?;
        let message = format!(
            "the SQL makes several rows of a record, which differ in `{}`, and Firehose stores it in one partition",
            fields.list[column].name
        );
        let help = match context.pipeline.stream {
            Some(_) => "write `runtime: flink`, whose rows are records of their own; or remove one of the INSERTs",
            None => {
                "add a `stream` and write `runtime: flink`, whose rows are records of their own; or remove one of the INSERTs"
            }
        };
        Some(
            Diagnostic::error(Code::PartitionRecords, partition.span, message, help)
                .related(first, "one row")
                .related(second, "another row"),
        )
    })
}

/// The metric stream whose records a delivery gets.
fn metric_stream(context: &Context, delivery: &Delivery) -> Option<Span> {
    let pipeline = context.pipeline;
    let at = pipeline.deliveries.iter().position(|one| one.spec == delivery.spec)?;
    let mut sources = sources::into(pipeline, at, delivery);
    let is_metrics = |source: &&crate::pipeline::Source| matches!(source.kind, SourceKind::MetricStream(_));
    sources.find(is_metrics).map(|source| source.span)
}

/// The column of a key, and how a time is written.
fn column(partition: &Partition, fields: &Fields) -> Option<Diagnostic> {
    let column = &partition.column;
    let Some(field) = fields.find(&column.value) else {
        let names = || fields.list.iter().map(|field| field.name.as_str());
        let help = match suggest::nearest(&column.value, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", suggest::one_of(names().take(8))),
        };
        let what = if fields.of_rows { "the output of the SQL" } else { "`records.columns`" };
        let message = format!("{what} has no column `{}`", column.value);
        return Some(Diagnostic::error(Code::PartitionColumn, column.span, message, help));
    };
    let fault = |message: String, help: &str| {
        Some(
            Diagnostic::error(Code::PartitionColumn, column.span, message, help)
                .related(field.span, "the column"),
        )
    };
    if field.is_inside_array {
        return fault(
            format!("`{}` is within an array or is the whole record, and has no single value", field.name),
            "write another column",
        );
    }
    match field.data_type {
        DataType::Real | DataType::Double | DataType::Decimal { .. } | DataType::Time => {
            return fault(
                format!(
                    "the values of `{}` are {}, which are not names of folders",
                    field.name, field.data_type
                ),
                "write a column of text, whole numbers, BOOLEAN, DATE or TIMESTAMP",
            );
        }
        _ => {}
    }
    time(partition, field).or_else(|| values(partition))
}

fn time(partition: &Partition, field: &Field) -> Option<Diagnostic> {
    let is_time = matches!(field.data_type, DataType::Date | DataType::Timestamp);
    let Some(format) = &partition.format else {
        let example = "write `{column: NAME, format: yyyy-MM-dd}`".replace("NAME", &partition.column.value);
        return (field.data_type == DataType::Timestamp).then(|| {
            Diagnostic::error(
                Code::PartitionTime,
                partition.column.span,
                format!("`{}` is a TIMESTAMP, with a folder for each of its values", field.name),
                example,
            )
            .related(field.span, "the column")
        });
    };
    if !is_time {
        return Some(
            Diagnostic::error(
                Code::PartitionTime,
                format.span,
                format!(
                    "`{}` is {}, and only a DATE or a TIMESTAMP has a format",
                    field.name, field.data_type
                ),
                "remove `format`",
            )
            .related(field.span, "the column"),
        );
    }
    let fault = |message: String| {
        Some(Diagnostic::error(
            Code::PartitionTime,
            format.span,
            message,
            "write a pattern such as `yyyy-MM-dd`",
        ))
    };
    let pattern = match TimePattern::parse(&format.value) {
        Ok(pattern) => pattern,
        Err(letters) => {
            return fault(format!("`{letters}` is not `yyyy`, `MM`, `dd`, `HH` or `mm`"));
        }
    };
    if pattern.units().is_empty() {
        return fault("the pattern has no part of a time".into());
    }
    let smaller = |unit: &TimeUnit| matches!(unit, TimeUnit::Hour | TimeUnit::Minute);
    if field.data_type == DataType::Date && pattern.units().iter().any(smaller) {
        return fault(format!("`{}` is a DATE, which has no time of day", field.name));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-/_.' ".contains(c);
    if !format.value.chars().all(plain) {
        return fault("between the parts of a time are `-`, `/`, `_`, `.` or a letter in quotes".into());
    }
    None
}

/// Listed values: words of a list that Athena separates by commas.
fn values(partition: &Partition) -> Option<Diagnostic> {
    let values = partition.values.as_ref()?;
    let bad = values.value.iter().find(|value| value.is_empty() || value.contains(','))?;
    Some(Diagnostic::error(
        Code::PartitionColumn,
        values.span,
        format!("`{bad}` cannot be in Athena's list of values, which is separated by commas"),
        "remove it, or remove `values`; a query then needs a condition on the key",
    ))
}

/// More partitions than Firehose fills at a time.
fn active(context: &Context, delivery: &Delivery, s3: &S3, fields: &Fields) -> Option<Diagnostic> {
    let (number, unknown) = active_partitions(context.pipeline, delivery, s3, fields);
    let quota = s3.partition_quota.value;
    let span = s3.partitions[0].span;
    if number > quota {
        let most = firehose::ACTIVE_PARTITIONS.max;
        let help = match number <= most {
            true => format!("request a higher quota from AWS, and write `partition_quota: {number}`"),
            false => format!("partition by fewer values; AWS raises the quota to {most}"),
        };
        return Some(Diagnostic::warning(
            Code::ActivePartitions,
            span,
            format!(
                "up to {number} partitions are filled within a buffer interval, and Firehose fills {quota}; the records of others go to the error prefix"
            ),
            help,
        ));
    }
    let first = unknown.first()?;
    let partition = s3.partitions.iter().find(|partition| partition.key == *first)?;
    Some(Diagnostic::warning(
        Code::ActivePartitions,
        partition.span,
        format!(
            "pipec does not know how many values `{first}` has within a buffer interval, and Firehose fills {quota} partitions"
        ),
        format!("write `{first}: {{column: {}, count: 40}}` with their number", partition.column.value),
    ))
}

/// Times that Firehose takes from a text as they are written.
fn zones(delivery: &Delivery, s3: &S3, fields: &Fields) -> Option<Diagnostic> {
    let by_firehose = s3.keys_from == KeysFrom::Firehose;
    let mut written = s3.partitions.iter().filter(|partition| takes_written_time(partition, fields));
    let partition = written.next().filter(|_| by_firehose)?;
    let transform = delivery.transform.as_ref();
    let help = match transform.is_some_and(|transform| transform.own.is_some()) {
        true => "let your function write all times in UTC",
        false => "write all times in UTC; or add `transform: {}`, which converts them to UTC",
    };
    Some(Diagnostic::warning(
        Code::PartitionZone,
        partition.span,
        "Firehose takes this time from the text of the record, in the time zone in which it is written",
        help,
    ))
}
