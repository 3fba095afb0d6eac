//! Reads Snowflake.

use super::super::Resolver;
use super::super::delivery::Site;
use super::Read;
use crate::pipeline::{ServiceKind, Snowflake};
use crate::spec;

/// The keys of a secret for Snowflake. Firehose guide, "Secret format", 2026-11.
const SECRET: &[&str] = &["user", "private_key", "key_passphrase"];

impl Resolver<'_> {
    /// Snowflake, if a delivery has it.
    pub(super) fn snowflake(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Read> {
        let snowflake = delivery.snowflake.take()?;
        let at = format!("{}/snowflake", site.at);
        let of = |key: &str| format!("{at}/{key}");
        let secret = self.secret(&at, Some(snowflake.secret), snowflake.secret_kms_key, SECRET);
        let table = Snowflake {
            account_url: self.written(&of("account_url"), snowflake.account_url),
            database: self.written(&of("database"), snowflake.database),
            schema: self.written(&of("schema"), snowflake.schema),
            table: self.written(&of("table"), snowflake.table),
            role: self.optional(&of("role"), snowflake.role),
            content_column: self.optional(&of("content_column"), snowflake.content_column),
            metadata_column: self.optional(&of("metadata_column"), snowflake.metadata_column),
            private_link: self.optional(&of("private_link"), snowflake.private_link),
        };
        Some(Read::new("snowflake", ServiceKind::Snowflake(table), secret))
    }
}
