//! Snowflake as a destination.

use super::Setting;

/// A table of Snowflake.
#[derive(Clone, Debug)]
pub struct Snowflake {
    /// Address of the account.
    pub account_url: Setting<String>,
    /// Name of the database.
    pub database: Setting<String>,
    /// Name of the schema.
    pub schema: Setting<String>,
    /// Name of the table.
    pub table: Setting<String>,
    /// The role that inserts the rows.
    pub role: Option<Setting<String>>,
    /// The column of the whole record; without it, each key is a column.
    pub content_column: Option<Setting<String>>,
    /// The column for where the record comes from.
    pub metadata_column: Option<Setting<String>>,
    /// ID of the private link.
    pub private_link: Option<Setting<String>>,
}
