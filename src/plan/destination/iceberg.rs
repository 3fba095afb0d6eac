//! Tables of Apache Iceberg.

use std::borrow::Cow;

use serde::Serialize;

use super::super::alarms::Rule;
use super::super::buckets;
use super::super::cost::{Bill, Delivered, gigabytes};
use super::super::dashboard::{Series, series};
use super::super::existing::Existing;
use super::super::grants::{Condition, Grant, grant};
use super::super::resources::Resource;
use super::super::value::{Value, literal};
use super::DestinationPlan;
use super::service::{Kind, Site};
use crate::aws::destinations::iceberg_limits::{JQ, S3_TABLES_CATALOG};
use crate::aws::existing;
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::metrics::{FIREHOSE, MetricName};
use crate::aws::prices::Item;
use crate::pipeline::{Delivery, Encryption, Iceberg, IcebergPlace, Pipeline, Purpose, Service, Setting};
use crate::spec::AlarmKey;
use crate::table::iceberg::{IcebergColumn, columns};

/// Rows that do not fit the table.
const FAILED_ROWS: MetricName = FIREHOSE.metric("DeliveryToIceberg.FailedRowCount");

/// What the template needs of a table of Apache Iceberg.
#[derive(Clone, Debug, Serialize)]
pub struct IcebergPlan {
    /// Its place in the spec, a JSON pointer.
    #[serde(skip)]
    pub spec: String,
    /// ARN of the catalog.
    pub catalog: Value,
    /// Name of its database, or of its namespace.
    pub database_name: String,
    /// Its name.
    pub table_name: String,
    /// Columns that identify a row.
    pub unique_keys: Vec<String>,
    /// Whether rows are inserted only.
    pub append_only: bool,
    /// How Firehose finds the operation on a row.
    pub routing: Option<String>,
    /// The version of jq that does.
    pub engine: &'static str,
    /// Whether it is in S3 Tables.
    #[serde(skip)]
    pub is_in_s3_tables: bool,
    /// What the stack creates of it.
    pub own: Option<OwnTable>,
}

/// A table of S3 Tables that the stack creates.
#[derive(Clone, Debug, Serialize)]
pub struct OwnTable {
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Logical id of the table bucket, which may be created with another table.
    pub bucket_id: String,
    /// Whether it is created with this one.
    pub creates_bucket: bool,
    /// Name of the table bucket.
    pub bucket: String,
    /// Logical id of the namespace, which may be created with another table.
    pub namespace_id: String,
    /// Whether it is created with this one.
    pub creates_namespace: bool,
    /// Logical id of the table.
    pub logical_id: String,
    /// Names and types of its columns.
    pub columns: Vec<(String, String)>,
}

/// The part of the spec that is the table's.
fn spec_of(service: &Service, iceberg: &Iceberg) -> String {
    format!("{}/{}", service.spec, if iceberg.table_bucket().is_some() { "s3_tables" } else { "glue" })
}

/// All tables of the stack's own, with their deliveries.
fn own_tables(pipeline: &Pipeline) -> impl Iterator<Item = (&Delivery, [String; 3])> {
    pipeline.deliveries.iter().filter_map(|delivery| {
        let iceberg = delivery.destination.iceberg()?;
        Some((delivery, iceberg.logical_ids()?))
    })
}

/// Whether a delivery is the first with an id among those of the tables.
fn is_first(pipeline: &Pipeline, delivery: &Delivery, at: usize, id: &str) -> bool {
    let mut with = own_tables(pipeline).filter(|(_, ids)| ids[at] == id);
    with.next().is_some_and(|(first, _)| first.spec == delivery.spec)
}

/// The columns of the table, as far as they are known.
fn known_columns(site: &Site, iceberg: &Iceberg) -> Option<Vec<IcebergColumn>> {
    columns(site.fields?, iceberg.operation.as_ref().map(|of| of.value.as_str())).ok()
}

/// Plans the table.
fn plan(site: &Site, iceberg: &Iceberg) -> DestinationPlan {
    let Site { pipeline, delivery, service, .. } = *site;
    let (database, table) = iceberg.names();
    let own = iceberg.logical_ids().zip(iceberg.table_bucket()).map(|(ids, bucket)| {
        let [creates_bucket, creates_namespace] = [0, 1].map(|at| is_first(pipeline, delivery, at, &ids[at]));
        let [bucket_id, namespace_id, logical_id] = ids;
        let columns = known_columns(site, iceberg).unwrap_or_default();
        OwnTable {
            spec: spec_of(service, iceberg),
            bucket_id,
            creates_bucket,
            bucket: bucket.value.clone(),
            namespace_id,
            creates_namespace,
            logical_id,
            columns: columns.into_iter().map(|column| (column.name, column.data_type)).collect(),
        }
    });
    DestinationPlan::Iceberg(Box::new(IcebergPlan {
        spec: spec_of(service, iceberg),
        catalog: arn("glue", &format!("catalog{}", catalog_of(iceberg))),
        database_name: database.value.clone(),
        table_name: table.value.clone(),
        unique_keys: iceberg.unique_keys.iter().map(|key| key.value.clone()).collect(),
        append_only: iceberg.operation.is_none(),
        routing: iceberg.operation.as_ref().map(|operation| {
            let text = |text: &str| serde_json::Value::from(text).to_string();
            format!(
                "{{destinationDatabaseName: {}, destinationTableName: {}, operation: .[{}]}}",
                text(&database.value),
                text(&table.value),
                text(&operation.value)
            )
        }),
        engine: JQ,
        is_in_s3_tables: iceberg.table_bucket().is_some(),
        own,
    }))
}

/// The resources of the table of a delivery.
pub(in crate::plan) fn resources(pipeline: &Pipeline, delivery: &Delivery) -> Vec<Resource> {
    let Some(service) = delivery.destination.service() else { return Vec::new() };
    let Some(iceberg) = delivery.destination.iceberg() else { return Vec::new() };
    let Some(ids) = iceberg.logical_ids() else { return Vec::new() };
    let types = ["AWS::S3Tables::TableBucket", "AWS::S3Tables::Namespace", "AWS::S3Tables::Table"];
    let created = ids.into_iter().zip(types).enumerate();
    let created = created.filter(|(at, (id, _))| is_first(pipeline, delivery, *at, id));
    created
        .map(|(_, (id, resource_type))| Resource {
            logical_id: Cow::Owned(id),
            resource_type,
            spec: Cow::Owned(spec_of(service, iceberg)),
        })
        .collect()
}

/// The catalog of a table below that of the account.
fn catalog_of(iceberg: &Iceberg) -> String {
    let bucket = iceberg.table_bucket();
    bucket.map_or_else(String::new, |bucket| format!("/{S3_TABLES_CATALOG}/{}", literal(&bucket.value)))
}

fn arn(service: &str, rest: &str) -> Value {
    Value::sub(format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"))
}

/// Parts of the Data Catalog. Of S3 Tables, AWS documents both forms of the names of databases and tables.
fn catalog(iceberg: &Iceberg) -> Vec<Value> {
    let (database, table) = iceberg.names();
    let (database, table) = (literal(&database.value), literal(&table.value));
    let mut parts = vec!["catalog".to_owned()];
    let within = catalog_of(iceberg);
    if !within.is_empty() {
        parts.push(format!("catalog/{S3_TABLES_CATALOG}"));
        parts.push(format!("catalog{within}"));
        parts.push(format!("database{within}/{database}"));
        parts.push(format!("table{within}/{database}/{table}"));
    }
    parts.push(format!("database/{database}"));
    parts.push(format!("table/{database}/{table}"));
    parts.iter().map(|part| arn("glue", part)).collect()
}

/// What the dashboard shows of rows that do not fit the table.
pub(super) fn graphed() -> Vec<Series> {
    vec![series(FAILED_ROWS, "Sum", "rows that do not fit the table")]
}

impl IcebergPlan {
    /// The rows of a month. Their size in the files of the table is not known.
    pub(super) fn cost(&self, bill: &mut Bill, delivered: Delivered) {
        let (item, words) = match self.is_in_s3_tables {
            true => (Item::S3TablesStorageGbMonth, "S3 Tables: rows of a month"),
            false => (Item::S3StorageGbMonth, "S3: rows of a month"),
        };
        bill.add(
            self.spec.clone(),
            words,
            item,
            gigabytes(delivered.per_second * SECONDS_PER_MONTH as f64 * delivered.bytes as f64),
            "as JSON, of which Parquet takes a part; each month adds the same amount".into(),
        );
        bill.unsure();
    }
}

/// The alarm on rows that do not fit the table.
pub(super) fn failed_rows(logs: &str) -> Rule {
    Rule::happened(
        AlarmKey::ConversionFailures,
        FAILED_ROWS,
        format!(
            "Rows do not fit the columns of the Iceberg table: they are in the backup's bucket, with the reason. {logs} shows it \
             as well."
        ),
    )
}

impl Kind for Iceberg {
    fn values(&self, site: &Site) -> DestinationPlan {
        plan(site, self)
    }

    fn name(&self) -> &'static str {
        match self.place {
            IcebergPlace::Glue { .. } => "existing Iceberg table",
            IcebergPlace::S3Tables { own: true, .. } => "Iceberg table in S3 Tables",
            IcebergPlace::S3Tables { own: false, .. } => "existing Iceberg table in S3 Tables",
        }
    }

    fn url(&self) -> &str {
        &self.address
    }

    fn grants(&self) -> Vec<Grant> {
        let look_up =
            |actions: &[&'static str], because| grant("CommitToTable", actions, catalog(self), because);
        match &self.place {
            IcebergPlace::Glue { location, .. } => {
                let mut grants = vec![look_up(
                    &["glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"],
                    "Firehose reads the table, and commits new snapshots of it.",
                )];
                if let Some(location) = location {
                    let head = location.prefix.value.as_str();
                    let of_objects = buckets::grants(Purpose::Destination, location, &[head]);
                    let objects = of_objects.iter().find(|grant| grant.sid == "WriteObjects");
                    let deletes = objects.map(|objects| {
                        let because = "Firehose deletes the files of commits that fail.";
                        grant("DeleteObjects", &["s3:DeleteObject"], objects.resources.clone(), because)
                    });
                    grants.extend(deletes);
                    grants.extend(of_objects);
                }
                grants
            }
            IcebergPlace::S3Tables { bucket, .. } => {
                let bucket = literal(&bucket.value);
                let of_bucket = || arn("s3tables", &format!("bucket/{bucket}"));
                let actions = [
                    "glue:GetDatabase",
                    "glue:GetDatabases",
                    "glue:GetTable",
                    "glue:GetTables",
                    "glue:UpdateTable",
                ];
                let because = "Firehose reads the table, and commits new snapshots of it. AWS documents its database and \
                               table with their catalog and without it.";
                let (namespace, table) = self.names();
                // The bucket itself, which AWS documents as well, has neither.
                let only = |key, name: &Setting<String>| Condition {
                    operator: "StringEqualsIfExists",
                    key,
                    values: vec![Value::text(&name.value)],
                };
                let mut write = grant(
                    "WriteTable",
                    &[
                        "s3tables:GetTable",
                        "s3tables:GetTableData",
                        "s3tables:GetTableMetadataLocation",
                        "s3tables:PutTableData",
                        "s3tables:UpdateTableMetadataLocation",
                    ],
                    vec![of_bucket(), arn("s3tables", &format!("bucket/{bucket}/table/*"))],
                    "Firehose writes the files of the table, whose ARN ends in a random ID: its names identify it.",
                );
                write.conditions.push(only("s3tables:namespace", namespace));
                write.conditions.push(only("s3tables:tableName", table));
                vec![
                    look_up(&actions, because),
                    grant(
                        "FindTable",
                        &["s3tables:GetNamespace", "s3tables:GetTableBucket"],
                        vec![of_bucket()],
                        "Firehose looks up the table bucket and the namespace.",
                    ),
                    write,
                ]
            }
        }
    }

    fn existing(&self, service: &Service) -> Vec<Existing> {
        let IcebergPlace::Glue { database, table, location, .. } = &self.place else { return Vec::new() };
        let at = |key: &str| format!("{}/glue/{key}", service.spec);
        let name = format!("{}.{}", database.value, table.value);
        let of_table = Existing::new(&existing::ICEBERG_TABLE, name, at("table"));
        let location = location.as_ref();
        let bucket = location.and_then(|location| location.bucket.as_ref());
        let bucket = bucket.map(|bucket| Existing::new(&existing::BUCKET, &bucket.value, at("location")));
        let key = location.and_then(|location| match &location.encryption.value {
            Encryption::CustomerKey(key) => Some(Existing::new(&existing::KEY, key, at("kms_key"))),
            Encryption::AwsManaged => None,
        });
        bucket.into_iter().chain(key).chain([of_table]).collect()
    }

    fn data_transfer(&self) -> &'static str {
        "data stays within the region"
    }

    fn address(&self) -> String {
        let rows =
            if self.operation.is_some() { "rows inserted, updated and deleted" } else { "rows inserted" };
        format!("{} {}, {rows}", self.name(), self.address)
    }

    fn facts(&self, _site: &Site) -> Vec<(&'static str, String)> {
        let mut facts = vec![("table", self.address.clone())];
        if let Some(operation) = &self.operation {
            let keys: Vec<&str> = self.unique_keys.iter().map(|key| key.value.as_str()).collect();
            facts.push(("unique_keys", keys.join(", ")));
            facts.push(("operation", operation.value.clone()));
        }
        facts
    }

    fn other_side(&self, site: &Site) -> Vec<String> {
        let mut lines = match &self.place {
            IcebergPlace::Glue { .. } => self.athena(site),
            IcebergPlace::S3Tables { own, .. } => self.integration(site, *own),
        };
        if site.fields.is_none_or(|fields| !fields.of_rows) {
            lines.push(
                "each record is one JSON object whose keys are the columns of the table, in lower case; times are ISO 8601 with a \
                 `T`, or microseconds since 1970"
                    .to_owned(),
            );
        }
        if let Some(operation) = &self.operation {
            lines.push(format!(
                "`{}` is `insert`, `update` or `delete` in each record, in lower case; an update of a row that does not exist \
                 inserts it",
                operation.value
            ));
        }
        lines
    }
}

impl Iceberg {
    /// The table in the Data Catalog.
    fn athena(&self, site: &Site) -> Vec<String> {
        let (database, table) = self.names();
        let IcebergPlace::Glue { written, .. } = &self.place else { return Vec::new() };
        let columns = known_columns(site, self).unwrap_or_default();
        let list = match columns.is_empty() {
            true => "COLUMN TYPE, ..".to_owned(),
            false => {
                let one = |column: &IcebergColumn| format!("{} {}", quoted(&column.name), column.athena_type);
                columns.iter().map(one).collect::<Vec<_>>().join(", ")
            }
        };
        vec![
            "the table exists before the stack. Firehose accepts tables of version 2 that a writer of Iceberg has created, so the \
             stack does not create it; in Athena:"
                .to_owned(),
            format!("  CREATE TABLE {}.{} ({list})", quoted(&database.value), quoted(&table.value)),
            format!("  LOCATION '{}'", written.value),
            "  TBLPROPERTIES ('table_type' = 'ICEBERG', 'format' = 'parquet')".to_owned(),
            "compaction of its files, which Firehose leaves to its owner:".to_owned(),
            format!(
                "  aws glue create-table-optimizer --region {} --catalog-id ACCOUNT --database-name {} --table-name {} --type \
                 compaction --table-optimizer-configuration roleArn=ROLE,enabled=true",
                site.pipeline.region.value, database.value, table.value
            ),
            "where Lake Formation controls the database, its administrator grants the role of the delivery DESCRIBE, SELECT, \
             INSERT, DELETE and ALTER on the table, and access to its location"
                .to_owned(),
        ]
    }

    /// S3 Tables in the Data Catalog.
    fn integration(&self, site: &Site, own: bool) -> Vec<String> {
        let region = &site.pipeline.region.value;
        let mut lines = vec![
            "the Data Catalog of the region must have the account's table buckets before the stack; if the first command finds none, \
             the second adds them, once per account and region:"
                .to_owned(),
            format!("  aws glue get-catalog --region {region} --catalog-id {S3_TABLES_CATALOG}"),
            format!("  aws glue create-catalog --region {region} --name {S3_TABLES_CATALOG} --catalog-input file://catalog.json"),
            format!(
                "  with catalog.json: {{\"FederatedCatalog\": {{\"Identifier\": \"arn:aws:s3tables:{region}:ACCOUNT:bucket/*\", \
                 \"ConnectionName\": \"aws:s3tables\"}}, \"CreateDatabaseDefaultPermissions\": [{IAM_ACCESS}], \
                 \"CreateTableDefaultPermissions\": [{IAM_ACCESS}]}}"
            ),
            "where Lake Formation controls the catalog, its administrator grants the role of the delivery DESCRIBE on the namespace \
             and ALL on the table"
                .to_owned(),
        ];
        let (database, table) = self.names();
        if own {
            lines.push(format!(
                "to read it: SELECT * FROM \"{S3_TABLES_CATALOG}/{}\".\"{}\".\"{}\" LIMIT 10",
                self.table_bucket().map_or("", |bucket| bucket.value.as_str()),
                database.value,
                table.value
            ));
            lines.push(
                "CloudFormation cannot change the columns of a table: after a change of the SQL's columns, write `existing: true` and \
                 run ALTER TABLE .. ADD COLUMNS in Athena; the stack retains the table"
                    .to_owned(),
            );
        }
        lines
    }
}

/// Permissions of IAM alone on what is created in a catalog.
const IAM_ACCESS: &str = "{\"Principal\": {\"DataLakePrincipalIdentifier\": \"IAM_ALLOWED_PRINCIPALS\"}, \"Permissions\": [\"ALL\"]}";

/// A name in Athena's DDL. Backticks also make a reserved word a name.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::plan::DestinationPlan;
    use crate::plan::Plan;
    use crate::plan::fixture::{ICEBERG, delivering, planned};
    use crate::plan::value::Value;

    /// The permissions of a role: its statements with their actions, resources and conditions.
    fn permissions(plan: &Plan, role: &str) -> BTreeMap<&'static str, Vec<String>> {
        let role = plan.roles.iter().find(|one| one.logical_id == role).expect("a role");
        let texts = |values: &[Value]| values.iter().map(Value::shown).collect::<Vec<_>>();
        let line = |grant: &crate::plan::grants::Grant| {
            let conditions =
                grant.conditions.iter().map(|one| format!("{} {}", one.key, texts(&one.values).join(" ")));
            let actions = [grant.actions.join(" ")];
            actions.into_iter().chain(texts(&grant.resources)).chain(conditions).collect()
        };
        role.grants.iter().map(|grant| (grant.sid, line(grant))).collect()
    }

    #[test]
    fn a_table_of_the_catalog_is_written_to_below_its_location_only() {
        let (plan, _) = planned(&delivering(
            "iceberg: { glue: { database: shop, table: orders, location: 's3://our-lake/team/orders/', kms_key: \
             'arn:aws:kms:us-east-1:111122223333:key/k' } }",
        ));
        let found = permissions(&plan, "DeliveryRole");
        let catalog = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}";
        assert_eq!(
            found["CommitToTable"],
            [
                "glue:GetDatabase glue:GetTable glue:UpdateTable".to_owned(),
                format!("{catalog}:catalog"),
                format!("{catalog}:database/shop"),
                format!("{catalog}:table/shop/orders"),
            ]
        );
        let objects = "arn:${AWS::Partition}:s3:::our-lake/team/orders/*";
        assert_eq!(found["DeleteObjects"], ["s3:DeleteObject", objects]);
        assert_eq!(found["ListObjects"][2], "s3:prefix team/orders/*");
        let key = &found["EncryptObjects"];
        assert_eq!(key[1], "arn:aws:kms:us-east-1:111122223333:key/k");
        assert!(key.contains(&"kms:ViaService s3.${AWS::Region}.${AWS::URLSuffix}".to_owned()), "{key:?}");
    }

    #[test]
    fn tables_of_the_stack_are_created_once_and_before_their_streams() {
        let (plan, _) = planned(ICEBERG);
        let of_type = |of: &str| -> Vec<&str> {
            let resources =
                plan.resources.iter().filter(|one| one.resource_type == format!("AWS::S3Tables::{of}"));
            resources.map(|one| &*one.logical_id).collect()
        };
        assert_eq!(of_type("TableBucket"), ["TableBucketShopTables"]);
        assert_eq!(of_type("Namespace"), ["NamespaceShopTablesShop"]);
        let tables = ["IcebergTableShopTablesShopOrders", "IcebergTableShopTablesShopOrderHistory"];
        assert_eq!(of_type("Table"), tables);
        for (delivery, table) in plan.deliveries.iter().zip(tables) {
            let before = &plan.order[&*delivery.logical_id];
            assert!(
                before.iter().any(|before| before.logical_ids.iter().any(|id| id == table)),
                "{before:?}"
            );
            assert!(plan.order[table][0].logical_ids.iter().any(|id| id == "NamespaceShopTablesShop"));
        }
        // Updates need another Firehose stream than inserts.
        let ids: Vec<&str> = plan.deliveries.iter().map(|delivery| delivery.logical_id.as_str()).collect();
        assert_eq!(ids, ["UpdatingDeliveryChanges", "DeliveryHistory"]);
        let DestinationPlan::Iceberg(table) = &plan.deliveries[0].destination else {
            panic!("{:?}", plan.deliveries)
        };
        let own = table.own.as_ref().expect("the stack's");
        let columns: Vec<String> = own.columns.iter().map(|(name, of)| format!("{name} {of}")).collect();
        assert_eq!(columns, ["id long", "at timestamp"], "the operation is no column");
        assert_eq!(
            table.routing.as_deref(),
            Some(r#"{destinationDatabaseName: "shop", destinationTableName: "orders", operation: .["op"]}"#)
        );
    }

    #[test]
    fn the_other_side_of_a_table_of_the_catalog_is_its_statement() {
        let spec = ICEBERG.replace(
            "s3_tables: {bucket: shop-tables, namespace: shop, table: orders}",
            "glue: {database: shop, table: orders, location: 's3://our-lake/orders/'}",
        );
        let (plan, _) = planned(&spec);
        let lines = plan.deliveries[0].service.as_ref().expect("a service").other_side.join("\n");
        let statement = "  CREATE TABLE `shop`.`orders` (`id` bigint, `at` timestamp)\n  LOCATION 's3://our-lake/orders/'\n  TBLPROPERTIES \
                         ('table_type' = 'ICEBERG', 'format' = 'parquet')";
        assert!(lines.contains(statement), "{lines}");
    }
}
