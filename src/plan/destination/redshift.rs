//! Redshift.

use serde::Serialize;

use super::super::existing::Existing;
use super::super::value::{Value, literal};
use super::DestinationPlan;
use super::service::{Kind, Site};
use crate::aws::destinations::redshift_limits::{PORT, SERVERLESS_BILLED_S, SERVERLESS_RPU_MIN};
use crate::aws::destinations::{
    CopyKind, copy_value, read_copy_options, redshift_addresses, redshift_endpoint, redshift_identifier,
    serverless_usd,
};
use crate::aws::existing;
use crate::pipeline::{Redshift, RedshiftHost, Service};
use crate::spec::Duration;
use crate::table::redshift::{create_table, redshift_columns, time_format};

/// What the template needs of Redshift.
#[derive(Clone, Debug, Serialize)]
pub struct RedshiftPlan {
    /// Where it is, for JDBC.
    pub url: Value,
    /// Name of the table.
    pub table_name: String,
    /// The columns that COPY loads; `None` for all of the table.
    pub columns: Option<String>,
    /// The options of COPY.
    pub options: String,
}

impl Redshift {
    /// The options of COPY: those of the spec, and what pipec adds.
    fn options(&self, site: &Site) -> String {
        let own = self.copy_options.as_ref().map_or("", |options| options.value.trim().trim_end_matches(';'));
        let written = read_copy_options(own).unwrap_or_default();
        let mut options = Vec::new();
        if !written.iter().any(|one| one.option.kind == CopyKind::Format) {
            options.push("JSON 'auto ignorecase'".to_owned());
        }
        if !own.is_empty() {
            options.push(own.to_owned());
        }
        if copy_value(&written, "TIMEFORMAT").is_none() {
            options.push(format!("TIMEFORMAT '{}'", site.fields.map_or("auto", time_format)));
        }
        if self.gzip {
            options.push("GZIP".to_owned());
        }
        let region = &site.pipeline.region.value;
        if self.endpoint().is_some_and(|endpoint| endpoint.region != region) {
            options.push(format!("REGION '{region}'"));
        }
        options.join(" ")
    }

    /// How many faulty rows a load drops; `None` if they fail it.
    pub(in crate::plan) fn dropped_rows(&self) -> Option<String> {
        let own = self.copy_options.as_ref().map_or("", |options| options.value.as_str());
        let written = read_copy_options(own).unwrap_or_default();
        if copy_value(&written, "IGNOREALLERRORS").is_some() {
            return Some("all".to_owned());
        }
        let rows = copy_value(&written, "MAXERROR")?.filter(|rows| *rows != "0")?;
        Some(format!("up to {rows}"))
    }

    fn endpoint(&self) -> Option<crate::aws::destinations::RedshiftEndpoint<'_>> {
        match &self.host {
            RedshiftHost::Workgroup(_) => None,
            RedshiftHost::Endpoint(endpoint) => redshift_endpoint(&endpoint.value),
        }
    }

    fn jdbc(&self) -> Value {
        let host = match (&self.host, self.endpoint()) {
            (RedshiftHost::Workgroup(name), _) => format!(
                "{}.${{AWS::AccountId}}.${{AWS::Region}}.redshift-serverless.${{AWS::URLSuffix}}:{PORT}",
                literal(&name.value)
            ),
            (RedshiftHost::Endpoint(_), Some(endpoint)) => format!("{}:{}", endpoint.host, endpoint.port),
            // Refused before.
            (RedshiftHost::Endpoint(other), None) => literal(&other.value),
        };
        Value::sub(format!("jdbc:redshift://{host}/{}", literal(&self.database.value)))
    }

    /// The columns that COPY loads: rows of the SQL have these and no others, so that all else keeps its default.
    fn columns(&self, site: &Site) -> Option<String> {
        let names: Vec<String> = match &self.columns {
            Some(columns) => columns.value.iter().map(|name| redshift_identifier(name)).collect(),
            None => {
                let rows = site.fields.filter(|fields| fields.of_rows)?;
                redshift_columns(rows).ok()?.iter().map(|column| redshift_identifier(&column.name)).collect()
            }
        };
        Some(names.join(", "))
    }

    /// The statements that create the table and let the user load it.
    fn statements(&self, site: &Site) -> Vec<String> {
        let table = &self.table.value;
        let mut lines = Vec::new();
        let columns = site.fields.and_then(|fields| redshift_columns(fields).ok());
        match columns.filter(|columns| !columns.is_empty()) {
            Some(columns) => {
                lines.push(format!("the table, in the database {}:", self.database.value));
                lines.extend(create_table(table, &columns).into_iter().map(|line| format!("  {line}")));
            }
            None => lines.push(format!(
                "the table {table} exists in the database {}; each record is a JSON object, and its keys are the columns, in any case",
                self.database.value
            )),
        }
        lines.push("the user of the secret, here with the name firehose, may load it:".to_owned());
        if let Some((schema, _)) = table.split_once('.') {
            lines.push(format!("  GRANT USAGE ON SCHEMA {schema} TO firehose;"));
        }
        lines.push(format!("  GRANT INSERT ON TABLE {table} TO firehose;"));
        lines
    }

    /// What makes it reachable.
    fn network(&self, site: &Site) -> Vec<String> {
        let region = &site.pipeline.region.value;
        let mut lines =
            vec!["Redshift must be publicly accessible, without enhanced VPC routing; Firehose has no private path to it:".to_owned()];
        let (service, of, port) = match (&self.host, self.endpoint()) {
            (RedshiftHost::Endpoint(_), Some(endpoint)) if !self.host.is_serverless() => {
                let of = format!("--region {} --cluster-identifier {}", endpoint.region, endpoint.name);
                ("redshift modify-cluster", of, endpoint.port)
            }
            (RedshiftHost::Endpoint(_), Some(endpoint)) => {
                let of = format!("--region {} --workgroup-name {}", endpoint.region, endpoint.name);
                ("redshift-serverless update-workgroup", of, endpoint.port)
            }
            (host, _) => {
                let of = format!("--region {region} --workgroup-name {}", host.setting().value);
                ("redshift-serverless update-workgroup", of, PORT)
            }
        };
        lines.push(format!("  aws {service} {of} --publicly-accessible --no-enhanced-vpc-routing"));
        match redshift_addresses(region) {
            Some(addresses) => {
                let there = self.endpoint().map_or(region.as_str(), |endpoint| endpoint.region);
                lines.push(format!("its security group admits Firehose of {region}:"));
                lines.push(format!(
                    "  aws ec2 authorize-security-group-ingress --region {there} --group-id GROUP --protocol tcp --port {port} \
                     --cidr {addresses}"
                ));
            }
            None => lines.push(format!(
                "its security group admits Firehose of {region}; its addresses are in the Data Firehose developer guide, \"Access to \
                 Amazon Redshift\""
            )),
        }
        lines
    }
}

impl Kind for Redshift {
    fn values(&self, site: &Site) -> DestinationPlan {
        DestinationPlan::Redshift(RedshiftPlan {
            url: self.jdbc(),
            table_name: self.table.value.clone(),
            columns: self.columns(site),
            options: self.options(site),
        })
    }

    fn name(&self) -> &'static str {
        if self.host.is_serverless() { "Redshift Serverless" } else { "Redshift" }
    }

    fn url(&self) -> &str {
        &self.host.setting().value
    }

    fn existing(&self, service: &Service) -> Vec<Existing> {
        match &self.host {
            RedshiftHost::Workgroup(name) => {
                vec![Existing::new(&existing::WORKGROUP, &name.value, format!("{}/workgroup", service.spec))]
            }
            // A cluster may be of any account and region.
            RedshiftHost::Endpoint(_) => Vec::new(),
        }
    }

    fn data_transfer(&self) -> &'static str {
        "none between these services in a region; COPY of another region reads from the bucket's region"
    }

    fn address(&self) -> String {
        format!("{} of {}, database {}", self.table.value, self.host.setting().value, self.database.value)
    }

    fn facts(&self, site: &Site) -> Vec<(&'static str, String)> {
        let columns = self.columns(site);
        let columns = columns.map_or_else(String::new, |columns| format!(" ({columns})"));
        vec![
            ("url", self.jdbc().shown()),
            ("copy", format!("COPY {}{columns} {}", self.table.value, self.options(site))),
        ]
    }

    fn notes(&self, site: &Site) -> Vec<String> {
        let columns = self.columns(site).map_or_else(String::new, |columns| format!(" ({columns})"));
        let mut notes = vec![format!(
            "COPY {}{columns} FROM the staged objects {}",
            self.table.value,
            self.options(site)
        )];
        if self.host.is_serverless() {
            let interval = site.delivery.buffer_interval.value;
            notes.push(format!(
                "each load wakes the workgroup for {SERVERLESS_BILLED_S} s at least: every {}, about {:.0} USD per month at {SERVERLESS_RPU_MIN} \
                 RPU, the smallest size",
                Duration(interval),
                serverless_usd(interval)
            ));
        }
        notes.extend(self.dropped_rows().map(|rows| {
            format!("{rows} faulty rows per load are dropped: SELECT * FROM sys_load_error_detail shows them")
        }));
        notes
    }

    fn other_side(&self, site: &Site) -> Vec<String> {
        [self.statements(site), self.network(site)].concat()
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::DestinationPlan;
    use crate::plan::fixture::planned;

    fn spec(redshift: &str, rest: &str) -> String {
        format!(
            "name: orders\nregion: us-east-1\nstream: {{ record_size: 1 KiB, records_per_second: 10 }}\n{rest}delivery:\n  redshift:\n    \
             {{ database: dev, table: public.orders, secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf', {redshift} }}\n"
        )
    }

    fn copy(redshift: &str, rest: &str) -> (String, Option<String>, String) {
        let (plan, _) = planned(&spec(redshift, rest));
        let DestinationPlan::Redshift(of) = &plan.deliveries[0].destination else { panic!("Redshift") };
        (of.url.shown(), of.columns.clone(), of.options.clone())
    }

    /// SQL of the old dialect, whose unquoted names are in upper case.
    const SQL: &str = "records: { format: json, columns: { ID: { type: BIGINT }, USER: { type: VARCHAR(8) }, AT: { type: TIMESTAMP } } }\nanalytics: { sql: 'CREATE OR REPLACE STREAM DESTINATION_SQL_STREAM (ID BIGINT, \"USER\" VARCHAR(8), \"AT\" TIMESTAMP); CREATE OR REPLACE PUMP P AS INSERT INTO DESTINATION_SQL_STREAM SELECT STREAM ID, \"USER\", \"AT\" FROM SOURCE_SQL_STREAM_001' }\n";

    #[test]
    fn keys_in_upper_case_are_loaded() {
        let (_, columns, options) = copy("workgroup: shop", SQL);
        assert_eq!(columns.as_deref(), Some("id, \"user\", at"));
        assert_eq!(options, "JSON 'auto ignorecase' TIMEFORMAT 'auto' GZIP");
    }

    #[test]
    fn the_region_of_the_bucket_is_written_where_redshift_is_elsewhere() {
        let (url, columns, options) = copy(
            "endpoint: shop.cabc123.eu-west-1.redshift.amazonaws.com, copy_options: TRUNCATECOLUMNS;",
            "",
        );
        assert_eq!(url, "jdbc:redshift://shop.cabc123.eu-west-1.redshift.amazonaws.com:5439/dev");
        assert_eq!(columns, None);
        assert_eq!(
            options,
            "JSON 'auto ignorecase' TRUNCATECOLUMNS TIMEFORMAT 'auto' GZIP REGION 'us-east-1'"
        );
    }

    #[test]
    fn a_format_of_the_spec_is_the_only_one() {
        let csv = "records: { format: csv, columns: { id: { type: BIGINT } } }\n";
        let (_, _, options) = copy(
            "workgroup: shop, staging: { compression: none }, copy_options: \"CSV TIMEFORMAT 'epochsecs'\"",
            csv,
        );
        assert_eq!(options, "CSV TIMEFORMAT 'epochsecs'");
    }

    #[test]
    fn columns_of_csv_are_those_of_the_table() {
        let csv = "records: { format: csv, delimiter: ';', columns: { id: { type: BIGINT }, note: { type: VARCHAR(9) } } }\n";
        let (plan, _) = planned(&spec("workgroup: shop, copy_options: \"CSV DELIMITER ';'\"", csv));
        let lines = plan.deliveries[0].shown().other_side.join("\n");
        assert!(
            lines.contains("CREATE TABLE public.orders (\n    id BIGINT,\n    note VARCHAR(36)\n"),
            "{lines}"
        );
    }

    #[test]
    fn dropped_rows_are_reported() {
        for (options, note) in [
            ("IGNOREALLERRORS", "all faulty rows per load are dropped"),
            ("MAXERROR 9", "up to 9 faulty rows per load"),
        ] {
            let (plan, _) = planned(&spec(&format!("workgroup: shop, copy_options: {options}"), ""));
            let notes = plan.deliveries[0].shown().notes.join("\n");
            assert!(notes.contains(note), "{notes}");
            assert!(plan.faults.iter().any(|fault| fault.becomes == "is lost" && fault.counted.is_none()));
        }
        let (plan, _) = planned(&spec("workgroup: shop, copy_options: MAXERROR 0", ""));
        assert!(plan.faults.is_empty());
    }
}
