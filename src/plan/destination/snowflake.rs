//! Snowflake.

use serde::Serialize;

use super::DestinationPlan;
use super::service::{Kind, Site};
use crate::pipeline::{Setting, Snowflake};
use crate::table::snowflake::{snowflake_column, snowflake_columns, snowflake_identifier};

/// What the template needs of Snowflake.
#[derive(Clone, Debug, Serialize)]
pub struct SnowflakePlan {
    /// Address of the account.
    pub account_url: String,
    /// Name of the database.
    pub database: String,
    /// Name of the schema.
    pub schema: String,
    /// Name of the table.
    pub table_name: String,
    /// The role that inserts the rows.
    pub role: Option<String>,
    /// Firehose's word for what a record becomes.
    pub loading: &'static str,
    /// The column of the whole record.
    pub content_column: Option<String>,
    /// The column for where the record comes from.
    pub metadata_column: Option<String>,
    /// ID of the private link.
    pub private_link: Option<String>,
}

fn text(setting: Option<&Setting<String>>) -> Option<String> {
    setting.map(|setting| setting.value.clone())
}

/// The role of the statements, if the spec names none.
const ROLE: &str = "FIREHOSE";
/// The user of the statements.
const USER: &str = "FIREHOSE";

impl Snowflake {
    fn loading(&self) -> &'static str {
        match (&self.content_column, &self.metadata_column) {
            (None, _) => "JSON_MAPPING",
            (Some(_), None) => "VARIANT_CONTENT_MAPPING",
            (Some(_), Some(_)) => "VARIANT_CONTENT_AND_METADATA_MAPPING",
        }
    }

    /// The names of the database, the schema and the table, in quotes.
    fn names(&self) -> (String, String, String) {
        let database = snowflake_identifier(&self.database.value);
        let schema = format!("{database}.{}", snowflake_identifier(&self.schema.value));
        let table = format!("{schema}.{}", snowflake_identifier(&self.table.value));
        (database, schema, table)
    }

    /// The columns of the statement: names and types; none where they are not known.
    fn columns(&self, site: &Site) -> Vec<(String, String)> {
        let variant = |name: &Setting<String>| (snowflake_column(&name.value), "VARIANT".to_owned());
        match &self.content_column {
            Some(content) => {
                [Some(content), self.metadata_column.as_ref()].into_iter().flatten().map(variant).collect()
            }
            None => {
                let columns =
                    site.fields.and_then(|fields| snowflake_columns(fields).ok()).unwrap_or_default();
                columns.into_iter().map(|column| (column.name, column.data_type)).collect()
            }
        }
    }

    /// The statements that create the table and let a user insert rows.
    fn statements(&self, site: &Site) -> Vec<String> {
        let (database, schema, table) = self.names();
        let columns = self.columns(site);
        let mut lines = Vec::new();
        if columns.is_empty() {
            lines.push(format!(
                "the table {table} exists; each record is a JSON object, and each of its keys a column, in upper case"
            ));
        } else {
            lines.push(
                "the table, without defaults, identity columns and collations; a key without a column fails the record:"
                    .to_owned(),
            );
            lines.push(format!("  CREATE TABLE {table} ("));
            let last = columns.len() - 1;
            lines.extend(columns.iter().enumerate().map(|(at, (name, data_type))| {
                let comma = if at == last { "" } else { "," };
                format!("    {} {data_type}{comma}", snowflake_identifier(name))
            }));
            lines.push("  );".to_owned());
        }
        let role = snowflake_identifier(self.role.as_ref().map_or(ROLE, |role| &role.value));
        let user = snowflake_identifier(USER);
        lines.push(
            "the key pair of its user, and the secret's JSON, with the passphrase in place of PASSPHRASE:"
                .to_owned(),
        );
        lines.push("  openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -out rsa_key.p8".to_owned());
        lines.push("  openssl rsa -in rsa_key.p8 -pubout -out rsa_key.pub".to_owned());
        lines.push(format!(
            "  printf '{{\"user\": \"{USER}\", \"private_key\": \"%s\", \"key_passphrase\": \"PASSPHRASE\"}}' \"$(grep -v -- ----- rsa_key.p8 | \
             tr -d '\\n')\" > secret.json"
        ));
        lines.push("  grep -v -- ----- rsa_key.pub | tr -d '\\n'".to_owned());
        lines.push("the role and the user, with the public key, which the last command prints, in place of PUBLIC_KEY:".to_owned());
        for statement in [
            format!("CREATE ROLE IF NOT EXISTS {role};"),
            format!("GRANT USAGE ON DATABASE {database} TO ROLE {role};"),
            format!("GRANT USAGE ON SCHEMA {schema} TO ROLE {role};"),
            format!("GRANT INSERT ON TABLE {table} TO ROLE {role};"),
            format!("CREATE USER {user} DEFAULT_ROLE = {role} RSA_PUBLIC_KEY = 'PUBLIC_KEY';"),
            format!("GRANT ROLE {role} TO USER {user};"),
        ] {
            lines.push(format!("  {statement}"));
        }
        lines
    }
}

impl Kind for Snowflake {
    fn values(&self, _site: &Site) -> DestinationPlan {
        DestinationPlan::Snowflake(Box::new(SnowflakePlan {
            account_url: self.account_url.value.clone(),
            database: self.database.value.clone(),
            schema: self.schema.value.clone(),
            table_name: self.table.value.clone(),
            role: text(self.role.as_ref()),
            loading: self.loading(),
            content_column: text(self.content_column.as_ref()),
            metadata_column: text(self.metadata_column.as_ref()),
            private_link: text(self.private_link.as_ref()),
        }))
    }

    fn name(&self) -> &'static str {
        "Snowflake"
    }

    fn url(&self) -> &str {
        &self.account_url.value
    }

    fn data_transfer(&self) -> &'static str {
        "the rows leave AWS unless the account is in the same region, which the spec does not show"
    }

    fn address(&self) -> String {
        let (.., table) = self.names();
        format!("{table} of {}, {}", self.account_url.value, self.loading())
    }

    fn facts(&self, _site: &Site) -> Vec<(&'static str, String)> {
        let (.., table) = self.names();
        let mut facts = vec![
            ("account_url", self.account_url.value.clone()),
            ("table", table),
            ("loading", self.loading().to_owned()),
        ];
        facts.extend(self.private_link.as_ref().map(|link| ("private_link", link.value.clone())));
        facts
    }

    fn other_side(&self, site: &Site) -> Vec<String> {
        let mut lines = self.statements(site);
        lines.push(match &self.private_link {
            Some(_) => "the ID of the private link is `privatelink-vpce-id` of:".to_owned(),
            None => "network policies of the account and the user admit the addresses of AWS: Firehose comes from the internet, and AWS \
                     lists no addresses of its own for it; with Business Critical, `private_link` needs none"
                .to_owned(),
        });
        if self.private_link.is_some() {
            lines.push("  SELECT SYSTEM$GET_PRIVATELINK_CONFIG();".to_owned());
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::SnowflakeDialect;
    use sqlparser::parser::Parser;

    use crate::plan::fixture::planned;

    fn other_side(snowflake: &str, rest: &str) -> Vec<String> {
        let (plan, _) = planned(&format!(
            "name: orders\nregion: us-east-1\nstream: {{ record_size: 1 KiB, records_per_second: 10 }}\n{rest}delivery:\n  snowflake:\n    {{ \
             account_url: 'https://xy12345.us-east-1.snowflakecomputing.com', database: SHOP, schema: PUBLIC, table: ORDERS, secret: \
             'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf'{snowflake} }}\n"
        ));
        plan.deliveries[0].shown().other_side
    }

    /// The lines to paste that are SQL.
    fn statements(lines: &[String]) -> String {
        let pasted = lines.iter().filter(|line| line.starts_with("  "));
        let sql = pasted.filter(|line| {
            !["  aws ", "  openssl ", "  printf ", "  grep "].iter().any(|word| line.starts_with(word))
        });
        sql.cloned().collect::<Vec<_>>().join("\n")
    }

    const TYPES: &str = "records:\n  format: json\n  columns:\n    orderId: { type: BIGINT }\n    NAME: { type: VARCHAR(20) }\n    price: { type: 'DECIMAL(10, 2)' }\n    city: { type: VARCHAR, path: $.address.city }\n    day: { type: DATE }\n    hour: { type: TIME }\n    at: { type: TIMESTAMP }\n    say \"a\": { type: BOOLEAN, path: \"$['say \\\"a\\\"']\" }\n";

    #[test]
    fn another_reader_of_snowflakes_sql_takes_the_statements() {
        for (snowflake, rest, first) in [
            ("", TYPES, "CREATE TABLE"),
            (", role: LOADER, content_column: RECORD, metadata_column: META", "", "CREATE TABLE"),
            (", private_link: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", "", "CREATE ROLE"),
        ] {
            let sql = statements(&other_side(snowflake, rest));
            assert!(sql.trim_start().starts_with(first), "{sql}");
            let parsed = Parser::parse_sql(&SnowflakeDialect {}, &sql);
            assert!(parsed.is_ok(), "{parsed:?}\n{sql}");
        }
    }

    #[test]
    fn columns_are_the_keys_in_upper_case() {
        let sql = statements(&other_side("", TYPES));
        for column in [
            "\"ORDERID\" NUMBER(38, 0),",
            "\"NAME\" VARCHAR(20),",
            "\"ADDRESS\" VARIANT,",
            "\"SAY \"\"A\"\"\" BOOLEAN",
        ] {
            assert!(sql.contains(column), "{column}\n{sql}");
        }
        let sql = statements(&other_side(", content_column: record, metadata_column: meta", ""));
        assert!(sql.contains("\"RECORD\" VARIANT,\n    \"META\" VARIANT\n"), "{sql}");
    }
}
