//! Tables of Apache Iceberg.

use super::super::{Context, names};
use crate::aws::destinations::iceberg_limits as limits;
use crate::aws::limits::{NameRule, names as rules};
use crate::aws::regions::{self, Partition};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Iceberg, IcebergPlace, Service, Setting};
use crate::source::Span;
use crate::spec::ByteSize;
use crate::sql::{DataType, Expr, ExprKind, Insert, Literal, lower_case};
use crate::table::fields::{Fields, NoFields, fields};
use crate::table::iceberg::{IcebergFault, columns, named};
use crate::terminal::printable;

pub(super) fn check(context: &mut Context, delivery: &Delivery, service: &Service, iceberg: &Iceberg) {
    // A function of the user's decides about what it returns.
    let own = delivery.transform.as_ref().is_some_and(|transform| transform.own.is_some());
    let fields = match own {
        true => Err(NoFields::Undeclared),
        false => fields(context.pipeline, context.query, delivery),
    };
    let mut found = names_of(iceberg);
    found.extend(region(context, service));
    found.extend(location(iceberg));
    found.extend(backup(service));
    found.extend(operations(iceberg));
    found.extend(other_operations(context, delivery, iceberg));
    if let Ok(fields) = &fields {
        found.extend(known(iceberg, fields));
    }
    found.extend(own_columns(iceberg, &fields, own));
    found.extend(rate(context, delivery, iceberg));
    found.extend(another_writer(context, delivery, iceberg));
    found.into_iter().for_each(|fault| context.report(fault));
}

/// Names of the database, the table and the table bucket.
fn names_of(iceberg: &Iceberg) -> Vec<Diagnostic> {
    let check = |rule: &NameRule, key: &str, setting: &Setting<String>| {
        let better: String = lower_case(&setting.value)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let better = if rule.check(&better).is_ok() { better } else { better.trim_matches('_').to_owned() };
        let help = match rule.check(&better) {
            Ok(()) => format!("write `{key}: {better}`"),
            Err(_) => format!("write another {key}, of lower-case letters, digits and underscores"),
        };
        names::against(rule, setting, Code::TableName, &help)
    };
    let (database, table) = iceberg.names();
    let bucket = iceberg.table_bucket();
    let (of_database, database_rule, table_rule) = match bucket {
        Some(_) if iceberg.is_own() => ("namespace", &rules::OWN_S3_TABLES_NAMESPACE, &rules::S3_TABLE),
        Some(_) => ("namespace", &rules::S3_TABLES_NAMESPACE, &rules::S3_TABLE),
        None => ("database", &rules::GLUE_NAME, &rules::GLUE_NAME),
    };
    let bucket = bucket.and_then(|bucket| {
        let help =
            "write another name of 3 to 63 lower-case letters, digits and hyphens, as in `shop-tables`";
        names::against(&rules::TABLE_BUCKET, bucket, Code::TableBucketName, help)
    });
    let database = check(database_rule, of_database, database);
    bucket.into_iter().chain(database).chain(check(table_rule, "table", table)).collect()
}

/// Where Firehose writes no tables.
fn region(context: &Context, service: &Service) -> Option<Diagnostic> {
    let region = &context.pipeline.region;
    let partition = regions::region(&region.value).map(|region| region.partition);
    let of_group = matches!(partition, Some(Partition::China | Partition::GovCloud));
    (of_group || limits::WITHOUT.contains(&region.value.as_str())).then(|| {
        let message = format!("Firehose writes no tables of Iceberg in {}", region.value);
        let help = "deliver to `s3` with `format: parquet` and a `table`; or write another region";
        Diagnostic::error(Code::IcebergRegion, service.span, message, help).related(region.span, "the region")
    })
}

/// The folder of the objects of a table in the Data Catalog.
fn location(iceberg: &Iceberg) -> Option<Diagnostic> {
    let IcebergPlace::Glue { written, location, .. } = &iceberg.place else { return None };
    if let Some(part) = literal_fault(&written.value) {
        let message = format!("`location` contains {part}, which is no part of the path of a table");
        let help = "write the folder of the table without it, as in `location: s3://our-data-lake/orders/`";
        return Some(Diagnostic::error(Code::IcebergLocation, written.span, message, help));
    }
    let Some(location) = location else {
        let message = format!("`{}` is not a folder of a bucket", written.value);
        let bare = written.value.trim_start_matches("s3://").trim_end_matches('/');
        let help = match bare.split_once('/') {
            Some((bucket, folder)) if rules::S3_BUCKET.check(bucket).is_ok() && !bare.contains(":") => {
                format!("write `location: s3://{bucket}/{folder}/`")
            }
            _ => "write the location of the table, as in `location: s3://our-data-lake/orders/`".into(),
        };
        return Some(Diagnostic::error(Code::IcebergLocation, written.span, message, help));
    };
    let bucket = location.bucket.as_ref()?;
    let help = "write the location of the table, as in `location: s3://our-data-lake/orders/`";
    names::against(&rules::S3_BUCKET, bucket, Code::IcebergLocation, help)
}

/// What a policy, Firehose, CloudFormation or the statement for Athena would read as something else than a path.
fn literal_fault(location: &str) -> Option<&'static str> {
    if location.chars().any(char::is_control) {
        return Some("a control character");
    }
    let parts = [
        ("'", "`'`"),
        ("\"", "`\"`"),
        ("`", "a backtick"),
        ("\\", "`\\`"),
        ("*", "`*`"),
        ("?", "`?`"),
        ("${", "`${`"),
        ("!{", "`!{`"),
        ("{{resolve:", "`{{resolve:`"),
    ];
    parts.into_iter().find(|(part, _)| location.contains(part)).map(|(_, words)| words)
}

/// Firehose stores only what did not reach the table.
fn backup(service: &Service) -> Option<Diagnostic> {
    let all = &service.backup.all;
    all.value.then(|| {
        Diagnostic::error(
            Code::BackupRecords,
            all.span,
            "of a delivery to Iceberg, Firehose stores only the records that did not reach the table",
            "write `failed`; `deliveries` can store all records of the stream in `s3` as well",
        )
    })
}

/// Updates and deletes have keys, and an operation for each row.
fn operations(iceberg: &Iceberg) -> Option<Diagnostic> {
    match (&iceberg.operation, iceberg.unique_keys.first()) {
        (Some(operation), None) => Some(Diagnostic::error(
            Code::IcebergOperation,
            operation.span,
            "a row is updated or deleted by its keys, and there are none",
            "add `unique_keys: [id]` with the columns that identify a row",
        )),
        (None, Some(key)) => Some(Diagnostic::error(
            Code::IcebergOperation,
            key.span,
            "each row is inserted, so that keys have no effect",
            "add `operation: COLUMN` with the column of `insert`, `update` and `delete`; or remove `unique_keys`",
        )),
        _ => None,
    }
}

/// Operations that the SQL writes out, and that Firehose does not know.
fn other_operations(context: &Context, delivery: &Delivery, iceberg: &Iceberg) -> Vec<Diagnostic> {
    let Some((operation, query)) = iceberg.operation.as_ref().zip(context.query) else { return Vec::new() };
    let Some(output) = context.pipeline.output(delivery, query) else { return Vec::new() };
    let Some(at) = output.columns.iter().position(|column| lower_case(&column.name) == operation.value)
    else {
        return Vec::new();
    };
    let is_output = |insert: &&Insert| query.stream(insert.into).name == output.name;
    let mut written = Vec::new();
    for insert in query.inserts.iter().filter(is_output) {
        texts(&insert.select.items[at], &mut written);
    }
    written.retain(|(text, _)| !limits::OPERATIONS.contains(text));
    let fault = |(text, span): (&str, Span)| {
        let message = format!("`{}` is not an operation of Firehose", printable(text));
        let lower = lower_case(text);
        let help = match limits::OPERATIONS.contains(&lower.as_str()) {
            true => format!("write `'{lower}'`"),
            false => "write `'insert'`, `'update'` or `'delete'`; an update inserts the row if there is none"
                .into(),
        };
        Diagnostic::error(Code::IcebergOperation, span, message, help)
            .related(operation.span, "the operation")
    };
    written.into_iter().map(fault).collect()
}

/// The texts that an expression may be, as far as they are written out.
fn texts<'e>(expr: &'e Expr, found: &mut Vec<(&'e str, Span)>) {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => found.push((text.trim_end(), expr.span)),
        ExprKind::Cast { operand, .. } => texts(operand, found),
        ExprKind::Case { branches, otherwise } => {
            branches.iter().for_each(|(_, value)| texts(value, found));
            otherwise.iter().for_each(|value| texts(value, found));
        }
        ExprKind::Coalesce(values) => values.iter().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// Columns that the spec names are those that are delivered.
fn known(iceberg: &Iceberg, fields: &Fields) -> Vec<Diagnostic> {
    let names: Vec<String> = fields.list.iter().map(|field| named(field, fields.of_rows)).collect();
    let written = iceberg.unique_keys.iter().chain(&iceberg.operation);
    let unknown = written.filter(|written| !names.contains(&written.value));
    let fault = |written: &Setting<String>| {
        let message = format!("`{}` is not a column of what is delivered", written.value);
        let alike = names.iter().find(|name| lower_case(name) == lower_case(&written.value));
        let help = match alike {
            Some(name) => format!("write `{name}`"),
            None => format!("write one of {}", names.join(", ")),
        };
        Diagnostic::error(Code::IcebergOperation, written.span, message, help)
    };
    let mut found: Vec<Diagnostic> = unknown.map(fault).collect();
    found.extend(repeated(iceberg));
    found.extend(types(iceberg, fields));
    let operation = iceberg.operation.as_ref();
    found.extend(operation.filter(|of| iceberg.unique_keys.iter().any(|key| key.value == of.value)).map(
        |of| {
            let message = format!("`{}` is the operation, and is not a column of the table", of.value);
            Diagnostic::error(Code::IcebergOperation, of.span, message, "remove it from `unique_keys`")
        },
    ));
    found
}

/// A key that is written twice.
fn repeated(iceberg: &Iceberg) -> Vec<Diagnostic> {
    let keys = &iceberg.unique_keys;
    let twice =
        keys.iter().enumerate().filter(|(at, key)| keys[..*at].iter().any(|one| one.value == key.value));
    let fault = |(_, key): (usize, &Setting<String>)| {
        let message = format!("`{}` is in `unique_keys` twice", key.value);
        Diagnostic::error(Code::IcebergOperation, key.span, message, "remove it here")
    };
    twice.map(fault).collect()
}

/// The operation is a text, and keys are compared for equality.
fn types(iceberg: &Iceberg, fields: &Fields) -> Vec<Diagnostic> {
    let of = |written: &Setting<String>| {
        let mut list = fields.list.iter();
        list.find(|field| named(field, fields.of_rows) == written.value).map(|field| field.data_type)
    };
    let mut found = Vec::new();
    if let Some(operation) = &iceberg.operation
        && let Some(data_type) = of(operation)
        && !matches!(data_type, DataType::Char(_) | DataType::Varchar(_))
    {
        let message = format!("the operation is a text, and `{}` is {data_type}", operation.value);
        let help = "write a column of VARCHAR(6) with `insert`, `update` and `delete`";
        found.push(Diagnostic::error(Code::IcebergOperation, operation.span, message, help));
    }
    for key in &iceberg.unique_keys {
        let Some(data_type @ (DataType::Real | DataType::Double)) = of(key) else { continue };
        let message = format!(
            "`{}` is {data_type}: a row is found by its keys only if they are equal, and such numbers are rounded",
            key.value
        );
        let help = "write a key of another type, as in BIGINT, DECIMAL or VARCHAR";
        found.push(Diagnostic::warning(Code::IcebergOperation, key.span, message, help));
    }
    found
}

/// The stack creates a table with columns only.
fn own_columns(
    iceberg: &Iceberg,
    fields: &Result<Fields, NoFields>,
    by_own_function: bool,
) -> Vec<Diagnostic> {
    let span = match &iceberg.place {
        IcebergPlace::Glue { table, .. } => table.span,
        IcebergPlace::S3Tables { span, .. } => *span,
    };
    let missing = |message: &str, help: &str| match iceberg.is_own() {
        true => vec![Diagnostic::error(Code::TableFields, span, message, help)],
        false => Vec::new(),
    };
    match fields {
        Ok(fields) => forms(iceberg, fields),
        Err(NoFields::Faulty) => Vec::new(),
        Err(NoFields::Undeclared) if by_own_function => missing(
            "the columns of the table are not known, since a function of your own returns the rows",
            "create the table for its rows, and write `existing: true`",
        ),
        Err(NoFields::Undeclared) => missing(
            "the columns of the table are not known",
            "declare them, as in `records: {format: json, columns: {id: {type: BIGINT}}}`; or write `existing: true`",
        ),
        Err(NoFields::Csv) => vec![Diagnostic::error(
            Code::TableFields,
            span,
            "Firehose reads one JSON object per record, and the records are lines of CSV",
            "add SQL, whose rows are JSON, as in `analytics: {sql: SELECT * FROM stream}`",
        )],
    }
}

/// Fields of records that Firehose does not write into columns.
fn forms(iceberg: &Iceberg, fields: &Fields) -> Vec<Diagnostic> {
    let operation = iceberg.operation.as_ref().map(|of| of.value.as_str());
    let faults = columns(fields, operation).err().unwrap_or_default();
    let help = "add SQL that selects it, as in `analytics: {sql: SELECT * FROM stream}`: its rows have the form of the table";
    let of = |fault| {
        let (span, message) = match fault {
            IcebergFault::Inside(span) => (
                span,
                "Firehose writes the first level of a record only, and this is within an object or an array",
            ),
            IcebergFault::Case(span) => (
                span,
                "the columns of the table are in lower case, and Firehose compares keys with them exactly",
            ),
            IcebergFault::Twice(span) => {
                (span, "another column has the same key, and the table would have this column twice")
            }
            IcebergFault::Replaced(span) => {
                let message = "CloudFormation would replace `{{resolve:..}}` in the name of the column with a stored value";
                let help = match fields.of_rows {
                    true => "write another name for it with `AS` in the SQL",
                    false => help,
                };
                return Diagnostic::error(Code::IcebergColumn, span, message, help);
            }
            IcebergFault::Epoch(span) => (
                span,
                "Firehose reads times as ISO 8601 or as microseconds since 1970, and this is another unit",
            ),
        };
        Diagnostic::error(Code::IcebergColumn, span, message, help)
    };
    faults.into_iter().map(of).collect()
}

/// Direct PUT with updates and deletes.
fn rate(context: &Context, delivery: &Delivery, iceberg: &Iceberg) -> Option<Diagnostic> {
    let (direct, operation) = (delivery.direct.as_ref()?, iceberg.operation.as_ref()?);
    let quota = regions::quotas(&context.pipeline.region.value).direct_put.bytes_per_s;
    let intake = &direct.intake;
    let bytes = intake.record_size.value as f64 * intake.records_per_second.value;
    (bytes > quota as f64).then(|| {
        let message = format!(
            "with updates and deletes, Firehose accepts {}/s that are put into it, and the load is {}/s",
            ByteSize(quota),
            ByteSize(bytes.ceil() as u64)
        );
        let help = "add a `stream`, which Firehose reads without this limit";
        Diagnostic::error(Code::IcebergRate, operation.span, message, help)
            .related(intake.records_per_second.span, "the load")
    })
}

/// Commits of several streams conflict, and so do files of several tables in one folder.
fn another_writer(context: &Context, delivery: &Delivery, iceberg: &Iceberg) -> Option<Diagnostic> {
    let before = context.pipeline.deliveries.iter().take_while(|other| other.spec != delivery.spec);
    let tables: Vec<_> = before.filter_map(|other| Some((other, other.destination.iceberg()?))).collect();
    let report = |code: Code, span: Span, message: String, help: &str, other: &Delivery| {
        let fault = Diagnostic::error(code, span, message, help);
        Some(fault.related(other.span, "the other delivery"))
    };
    let (_, table) = iceberg.names();
    if let Some((other, _)) = tables.iter().find(|(_, table)| table.address == iceberg.address) {
        let message =
            format!("two deliveries write to `{}`, and their commits would conflict", iceberg.address);
        let help = "write another table, or one delivery for both";
        return report(Code::IcebergWriters, table.span, message, help, other);
    }
    if let IcebergPlace::Glue { written, .. } = &iceberg.place {
        let overlap = tables.iter().find(|(_, table)| match &table.place {
            IcebergPlace::Glue { written: other, .. } => {
                written.value.starts_with(&other.value) || other.value.starts_with(&written.value)
            }
            IcebergPlace::S3Tables { .. } => false,
        });
        let (other, of_other) = overlap?;
        let message = format!("the folders of `{}` and of `{}` overlap", iceberg.address, of_other.address);
        let help = "write the location of this table alone, which is the folder of no other table";
        return report(Code::IcebergWriters, written.span, message, help, other);
    }
    same_ids(iceberg, &tables, report)
}

/// Names that make the same logical id, although they differ.
fn same_ids(
    iceberg: &Iceberg,
    before: &[(&Delivery, &Iceberg)],
    report: impl Fn(Code, Span, String, &str, &Delivery) -> Option<Diagnostic>,
) -> Option<Diagnostic> {
    let ids = iceberg.logical_ids()?;
    let [bucket, namespace, table] = iceberg.own_names()?;
    let own = [bucket, namespace, table];
    for (other, of_other) in before {
        let (Some(other_ids), Some(other_names)) = (of_other.logical_ids(), of_other.own_names()) else {
            continue;
        };
        let values =
            |names: &[&Setting<String>]| names.iter().map(|name| name.value.clone()).collect::<Vec<_>>();
        // The parts up to this one: a namespace is one of its table bucket, a table one of its namespace.
        let differs = |at: usize| values(&own[..=at]) != values(&other_names[..=at]);
        let Some(at) = (0..3).find(|&at| ids[at] == other_ids[at] && differs(at)) else { continue };
        let (code, noun) = match at {
            0 => (Code::TableBucketName, "table bucket"),
            1 => (Code::TableName, "namespace"),
            _ => (Code::TableName, "table"),
        };
        let message = format!(
            "the {noun} `{}` would be `{}` in the stack, and so would that of another delivery",
            own[at].value, ids[at]
        );
        let help = format!(
            "write another name of the {noun}: upper case and everything between letters and digits is left out of an ID"
        );
        return report(code, own[at].span, message, &help, other);
    }
    None
}
