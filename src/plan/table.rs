//! Tables of the Glue Data Catalog over the objects.

use std::borrow::Cow;

use serde::Serialize;

use super::grants::{Grant, grant};
use super::resources::Resource;
use super::value::{Value, literal};
use crate::check::Checked;
use crate::pipeline::{Delivery, Pipeline, Purpose, S3, Table, TableSource};
use crate::spec::ObjectFormat;
use crate::table::layout::{TableLayout, layout};

/// A table of the stack.
#[derive(Clone, Debug, Serialize)]
pub struct TablePlan {
    /// Logical id.
    pub logical_id: String,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Logical id of its database, if that is of the stack and of this table.
    pub own_database: Option<String>,
    /// Name of its database: a reference, if that is of the stack.
    pub database: Value,
    /// The same as the spec has it.
    pub database_name: String,
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<ColumnPlan>,
    /// Its partition keys.
    pub keys: Vec<ColumnPlan>,
    /// Where its objects are.
    pub location: Value,
    /// Parameters of the table, sorted.
    pub parameters: Vec<(String, Value)>,
    /// How its objects are read.
    pub reader: &'static Reader,
    /// Parameters of the reader of rows.
    pub row_parameters: Vec<(String, String)>,
    /// Columns whose names differ from their keys by more than case, with the keys.
    #[serde(skip)]
    pub mappings: Vec<(String, String)>,
    /// Format of its objects in a sentence.
    #[serde(skip)]
    pub format: &'static str,
    /// A query to begin with.
    #[serde(skip)]
    pub first_query: String,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnPlan {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub glue_type: String,
}

/// Classes of Hive that read the objects of a format. Glue developer guide and Athena user guide, "Choose a SerDe for your
/// data", 2026-04.
#[derive(Debug, Serialize)]
pub struct Reader {
    /// Classification of the table.
    pub classification: &'static str,
    /// Class that reads rows.
    pub rows: &'static str,
    /// Class that reads objects.
    pub input: &'static str,
    /// Class that would write them.
    pub output: &'static str,
}

static JSON: Reader = Reader {
    classification: "json",
    rows: "org.openx.data.jsonserde.JsonSerDe",
    input: "org.apache.hadoop.mapred.TextInputFormat",
    output: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
};
static PARQUET: Reader = Reader {
    classification: "parquet",
    rows: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    input: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    output: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
};
static ORC: Reader = Reader {
    classification: "orc",
    rows: "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    input: "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
    output: "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
};

/// Rows of the first query.
const FIRST_ROWS: u32 = 10;

/// Logical id of the permissions of Lake Formation.
pub(super) fn permissions_id(table: &Table) -> Option<String> {
    table.lake_formation.value.then(|| format!("TablePermissions{}", table.suffix))
}

/// Logical id of the database that the stack creates with a table: with the first table in it.
fn created_database(pipeline: &Pipeline, table: &Table) -> Option<String> {
    let id = table.database_id()?;
    let mut tables = pipeline.deliveries.iter().filter_map(|delivery| delivery.destination.table());
    let first = tables.find(|other| other.database_id().as_ref() == Some(&id))?;
    (first.spec == table.spec).then_some(id)
}

/// Plans the table of a delivery to S3, if the stack creates it.
pub(super) fn plan(checked: &Checked, delivery: &Delivery, s3: &S3) -> Option<TablePlan> {
    let pipeline = checked.pipeline();
    let table = s3.table.as_ref()?;
    let TableSource::Own { database, name, .. } = &table.source else { return None };
    let layout = layout(pipeline, checked.query(), delivery, s3).ok()?;
    let since = table.since.as_ref().map_or("", |since| since.value.as_str());
    let bucket = match &s3.location.bucket {
        Some(bucket) => literal(&bucket.value),
        None => format!("${{{}{}}}", Purpose::Destination.bucket(), s3.location.suffix),
    };
    let address = |folder: &str| Value::sub(format!("s3://{bucket}/{}", literal(folder)));
    let reader = match s3.format.value {
        ObjectFormat::Json => &JSON,
        ObjectFormat::Parquet => &PARQUET,
        ObjectFormat::Orc => &ORC,
    };
    Some(TablePlan {
        logical_id: table.logical_id()?,
        spec: table.spec.clone(),
        own_database: created_database(pipeline, table),
        database: database_reference(table),
        database_name: database.value.clone(),
        name: name.value.clone(),
        columns: columns(&layout),
        mappings: mappings(&layout),
        keys: keys(&layout),
        location: address(&layout.projection.location),
        parameters: parameters(&layout, since, reader, address),
        reader,
        format: s3.format.value.words(),
        row_parameters: row_parameters(s3.format.value, &layout),
        first_query: first_query(&database.value, &name.value, &layout, since),
    })
}

fn columns(layout: &TableLayout) -> Vec<ColumnPlan> {
    let column = |column: &crate::table::columns::TableColumn| ColumnPlan {
        name: column.name.clone(),
        glue_type: column.glue_type.to_string(),
    };
    layout.columns.iter().map(column).collect()
}

fn keys(layout: &TableLayout) -> Vec<ColumnPlan> {
    let key = |key: &crate::table::projection::ProjectedKey| ColumnPlan {
        name: key.name.clone(),
        glue_type: key.glue_type.to_string(),
    };
    layout.projection.keys.iter().map(key).collect()
}

/// Parameters of the table: its kind, and the folders that Athena enumerates.
fn parameters(
    layout: &TableLayout,
    since: &str,
    reader: &Reader,
    address: impl Fn(&str) -> Value,
) -> Vec<(String, Value)> {
    let mut all = vec![
        ("EXTERNAL".to_owned(), Value::text("TRUE")),
        ("classification".to_owned(), Value::text(reader.classification)),
    ];
    let projected = layout.projection.parameters(since);
    if !projected.is_empty() {
        all.push(("storage.location.template".to_owned(), address(&layout.projection.template)));
    }
    all.extend(projected.into_iter().map(|(name, value)| (name, Value::text(value))));
    all.sort();
    all
}

/// Columns whose names differ from their keys by more than case, with the keys.
fn mappings(layout: &TableLayout) -> Vec<(String, String)> {
    let renamed = layout.columns.iter().filter(|column| !column.is_found_by_name());
    renamed.map(|column| (column.name.clone(), column.key.clone())).collect()
}

/// Columns of JSON whose keys have other letters. Those of Parquet and ORC have the names of the columns.
fn row_parameters(format: ObjectFormat, layout: &TableLayout) -> Vec<(String, String)> {
    if format.is_columnar() {
        return vec![("serialization.format".to_owned(), "1".to_owned())];
    }
    let mapping = mappings(layout).into_iter().map(|(name, key)| (format!("mapping.{name}"), key));
    std::iter::once(("case.insensitive".to_owned(), "true".to_owned())).chain(mapping).collect()
}

fn first_query(database: &str, name: &str, layout: &TableLayout, since: &str) -> String {
    let conditions = layout.projection.conditions(since);
    let conditions = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    };
    format!("SELECT * FROM \"{database}\".\"{name}\"{conditions} LIMIT {FIRST_ROWS}")
}

/// What Firehose needs to read the columns of a table.
pub(super) fn grants(delivery: &Delivery) -> Vec<Grant> {
    let Some(table) = delivery.destination.table() else { return Vec::new() };
    let (database, name) = table.names();
    let arn = |rest: String| {
        Value::sub(format!("arn:${{AWS::Partition}}:glue:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"))
    };
    vec![grant(
        "ReadTable",
        &["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
        vec![
            arn("catalog".into()),
            arn(format!("database/{}", literal(database))),
            arn(format!("table/{}/{}", literal(database), literal(name))),
        ],
        "Firehose reads the columns of the table. Glue checks the catalog and the database as well.",
    )]
}

/// The resources of the table of a delivery.
pub(super) fn resources(pipeline: &Pipeline, delivery: &Delivery) -> Vec<Resource> {
    let Some(table) = delivery.destination.table() else { return Vec::new() };
    let resource = |logical_id: String, resource_type| Resource {
        logical_id: Cow::Owned(logical_id),
        resource_type,
        spec: Cow::Owned(table.spec.clone()),
    };
    let mut all = Vec::new();
    all.extend(created_database(pipeline, table).map(|id| resource(id, "AWS::Glue::Database")));
    all.extend(table.logical_id().map(|id| resource(id, "AWS::Glue::Table")));
    all.extend(permissions_id(table).map(|id| resource(id, "AWS::LakeFormation::PrincipalPermissions")));
    all
}

/// Name of the database of a table: a reference, if the stack creates it.
fn database_reference(table: &Table) -> Value {
    table.database_id().map_or_else(|| Value::text(table.names().0), |id| Value::reference(&id))
}

/// Names of database and table as Firehose gets them: references, where the stack creates them.
pub(super) fn references(table: &Table) -> (Value, Value) {
    let name = table.logical_id().map_or_else(|| Value::text(table.names().1), |id| Value::reference(&id));
    (database_reference(table), name)
}

#[cfg(test)]
mod tests {
    use crate::graph::NodeKind;
    use crate::plan::Plan;
    use crate::plan::fixture::planned;
    use crate::plan::value::Value;

    fn of(delivery: &str) -> Plan {
        let spec = format!(
            "name: orders\nstream: {{record_size: 1 KiB, records_per_second: 10}}\nrecords: {{format: json, columns: {{id: \
             {{type: INTEGER}}, COUNTRY: {{type: VARCHAR(2)}}}}}}\n{delivery}\n"
        );
        planned(&spec).0
    }

    /// The ARNs of the Data Catalog that Firehose may read.
    fn read(plan: &Plan) -> Vec<String> {
        let grants = plan.roles.iter().flat_map(|role| &role.grants).filter(|grant| grant.sid == "ReadTable");
        grants.flat_map(|grant| grant.resources.iter().map(Value::shown)).collect()
    }

    #[test]
    fn firehose_reads_exactly_the_table_that_it_converts_by() {
        let table = "table: {database: shop, name: orders, since: 2026-11-29}";
        let json = of(&format!("delivery: {{s3: {{{table}}}}}"));
        assert_eq!(read(&json), Vec::<String>::new());
        let catalog = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}";
        let expected =
            ["catalog", "database/shop", "table/shop/orders"].map(|rest| format!("{catalog}:{rest}"));
        for table in [table, "table: {existing: shop.orders}"] {
            let parquet = of(&format!("delivery: {{s3: {{format: parquet, {table}}}}}"));
            assert_eq!(read(&parquet), expected);
        }
    }

    #[test]
    fn a_database_is_created_once() {
        let plan = of(
            "deliveries:\n  a: {s3: {table: {database: shop, name: a, since: 2026-11-29}}}\n  b: {s3: {table: {database: \
             shop, name: b, since: 2026-11-29}}}\n  c: {s3: {table: {database: {existing: crm}, name: c, since: 2026-11-29}}}",
        );
        let ids: Vec<&str> = plan
            .resources
            .iter()
            .filter(|resource| resource.resource_type.starts_with("AWS::Glue::"))
            .map(|resource| &*resource.logical_id)
            .collect();
        assert_eq!(ids, ["DatabaseShop", "TableShopA", "TableShopB", "TableCrmC"]);
        let databases: Vec<String> =
            plan.deliveries.iter().filter_map(|one| Some(one.table()?.database.shown())).collect();
        assert_eq!(databases, ["${DatabaseShop}", "${DatabaseShop}", "crm"]);
    }

    #[test]
    fn each_partition_of_a_buffer_is_an_object() {
        let objects = |partitions: &str| {
            let plan =
                of(&format!("delivery: {{buffer: {{size: 64 MiB, interval: 100 s}}, s3: {{{partitions}}}}}"));
            let cost = crate::plan::cost::estimate(&plan, crate::price_list::Prices::BuiltIn);
            let line = cost.lines.iter().find(|line| line.item == "S3: objects written").expect("a line");
            line.quantity * 1e3 / crate::aws::limits::billing::SECONDS_PER_MONTH as f64
        };
        let by =
            |count: u64| objects(&format!("partition_by: {{country: {{column: COUNTRY, count: {count}}}}}"));
        // 10 records per second: 300 objects per 100 s, and never more than the records.
        assert!((objects("prefix: x/") - 0.01).abs() < 1e-6);
        assert!((by(300) - 3.0).abs() < 1e-6);
        assert!((by(400) - 4.0).abs() < 1e-6);
        assert!((by(2_000) - 10.0).abs() < 1e-6);
    }

    #[test]
    fn firehose_bills_what_it_does_and_s3_the_objects() {
        let plan = planned(crate::plan::fixture::LAKE).0;
        let cost = crate::plan::cost::estimate(&plan, crate::price_list::Prices::BuiltIn);
        let of = |item: &str| {
            let line = cost.lines.iter().find(|line| line.item == format!("columns: {item}"));
            let line = line.unwrap_or_else(|| panic!("{item}"));
            (line.part, line.sure)
        };
        let (firehose, bucket) = (Some(NodeKind::Delivery), Some(NodeKind::Destination));
        assert_eq!(of("Firehose: conversion to Parquet").0, firehose);
        assert_eq!(of("Firehose: partitioned data").0, firehose);
        // Of the number of partitions, the spec has an estimate.
        assert_eq!(of("Firehose: partitioned objects"), (firehose, false));
        assert_eq!(of("Firehose: jq"), (firehose, false));
        assert_eq!(of("S3: objects written"), (bucket, false));
        assert_eq!(of("S3: objects written of the backup"), (bucket, true));
    }

    #[test]
    fn keys_of_one_time_are_filled_together() {
        let active = |keys: &str| {
            let spec = format!(
                "name: orders\nstream: {{record_size: 1 KiB, records_per_second: 10}}\nrecords: {{format: json, columns: {{at: \
                 {{type: TIMESTAMP}}, born: {{type: DATE}}, ok: {{type: BOOLEAN}}}}}}\ndelivery: {{buffer: {{size: 64 MiB, \
                 interval: 600 s}}, s3: {{partition_by: {{{keys}}}}}}}\n"
            );
            let plan = planned(&spec).0;
            match &plan.deliveries[0].destination {
                crate::plan::DestinationPlan::S3(s3) => s3.partitioning.as_ref().map(|one| one.active),
                _ => None,
            }
        };
        let at = |key: &str, format: &str| format!("{key}: {{column: at, format: {format}}}");
        let hour =
            ["yyyy", "MM", "dd", "HH"].map(|format| at(&format.to_ascii_lowercase(), format)).join(", ");
        assert_eq!(active(&hour), Some(2));
        // One more folder than minutes of an interval, in whichever order the keys are.
        assert_eq!(active(&format!("{hour}, {}", at("minute", "mm"))), Some(11));
        assert_eq!(active(&format!("{}, {hour}", at("minute", "mm"))), Some(11));
        // Other columns have values of their own, and numbers of the spec are multiplied.
        assert_eq!(active(&format!("{hour}, born: born, ok: ok")), Some(8));
        assert_eq!(
            active("month: {column: at, format: MM, count: 12}, day: {column: at, format: dd, count: 31}"),
            Some(372)
        );
    }

    #[test]
    fn logical_ids_of_tables_do_not_change_with_deliveries() {
        let lake = "lake: {s3: {table: {database: shop, name: orders, since: 2026-11-29}}}";
        let other = "archive: {s3: {table: {database: shop, name: archive, since: 2026-11-29}}}";
        let database = |plan: &Plan| {
            let ids = plan.resources.iter().filter(|one| one.resource_type == "AWS::Glue::Database");
            ids.map(|one| one.logical_id.to_string()).collect::<Vec<_>>()
        };
        let orders = |plan: &Plan| {
            let tables = plan.deliveries.iter().filter_map(crate::plan::DeliveryPlan::table);
            tables.filter(|one| one.name == "orders").map(|one| one.logical_id.clone()).collect::<Vec<_>>()
        };
        for deliveries in [
            format!("deliveries:\n  {lake}"),
            format!("deliveries:\n  {other}\n  {lake}"),
            format!("deliveries:\n  {}", lake.replacen("lake", "renamed", 1)),
            format!("delivery: {}", lake.replacen("lake: ", "", 1)),
        ] {
            let plan = of(&deliveries);
            assert_eq!(
                (database(&plan), orders(&plan)),
                (vec!["DatabaseShop".into()], vec!["TableShopOrders".into()])
            );
        }
    }

    #[test]
    fn the_longest_name_of_a_firehose_stream_is_short_enough() {
        let (name, delivery) = ("n".repeat(40), "d".repeat(20));
        for (settings, end) in [
            ("s3: {}", ""),
            ("backup: raw, s3: {}", "-b"),
            ("s3: {partition_by: {country: {column: country, values: [DE]}}}", "-p"),
            ("backup: raw, s3: {partition_by: {country: {column: country, values: [DE]}}}", "-pb"),
        ] {
            let spec = format!(
                "name: {name}\nrecords: {{format: json, columns: {{country: {{type: VARCHAR(2)}}}}}}\ndeliveries:\n  {delivery}: \
                 {{record_size: 1 KiB, records_per_second: 10, {settings}}}\n"
            );
            let plan = planned(&spec).0;
            let shown = plan.deliveries[0].direct.as_ref().expect("Direct PUT").name.shown();
            assert_eq!(shown, format!("${{AWS::StackName}}-{delivery}{end}"));
            assert!(shown.replace("${AWS::StackName}", &name).len() <= 64, "{shown}");
        }
    }

    #[test]
    fn what_firehose_cannot_switch_is_part_of_the_logical_id() {
        let partitions = "partition_by: {country: {column: COUNTRY, values: [DE]}}";
        let id = |delivery: &str| of(&format!("delivery: {{{delivery}}}")).deliveries[0].logical_id.clone();
        assert_eq!(id("s3: {}"), "Delivery");
        assert_eq!(id(&format!("s3: {{{partitions}}}")), "PartitionedDelivery");
        assert_eq!(id("backup: raw, s3: {}"), "BackedUpDelivery");
        assert_eq!(id(&format!("backup: raw, s3: {{{partitions}}}")), "PartitionedBackedUpDelivery");
    }

    #[test]
    fn a_name_of_direct_put_differs_with_what_cannot_be_switched() {
        let name = |delivery: &str| {
            let spec = format!(
                "name: orders\ndelivery: {{record_size: 1 KiB, records_per_second: 10, {delivery}}}\n"
            );
            let plan = planned(&spec).0;
            plan.deliveries[0].direct.as_ref().map(|direct| direct.name.shown())
        };
        assert_eq!(name("s3: {}").as_deref(), Some("${AWS::StackName}-delivery"));
        assert_eq!(name("backup: raw, s3: {}").as_deref(), Some("${AWS::StackName}-delivery-backedup"));
    }

    #[test]
    fn the_conversion_is_billed_by_rounded_records() {
        let plan =
            of("delivery: {s3: {format: orc, table: {database: shop, name: orders, since: 2026-11-29}}}");
        let cost = crate::plan::cost::estimate(&plan, crate::price_list::Prices::BuiltIn);
        let quantity = |item: &str| {
            let line = cost.lines.iter().find(|line| line.item.starts_with(item));
            line.unwrap_or_else(|| panic!("{item}")).quantity
        };
        assert!(
            (quantity("Firehose: conversion to ORC") / quantity("S3: objects of a month") - 5.0).abs() < 1e-6
        );
    }

    #[test]
    fn lake_formation_grants_before_firehose_reads() {
        let plan = of("delivery: {s3: {format: orc, table: {existing: shop.orders, lake_formation: true}}}");
        let before = &plan.order["Delivery"];
        assert!(before.iter().any(|before| before.logical_ids.contains(&"TablePermissions".into())));
        assert!(
            plan.resources.iter().any(|one| one.resource_type == "AWS::LakeFormation::PrincipalPermissions")
        );
    }
}
