//! Names of tables and their databases: what Glue accepts, and that each name has a meaning of its own.

use super::super::{Context, names};
use crate::aws::limits::names as rules;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Setting, Table, TableSource};

pub(super) fn check(context: &Context, delivery: &Delivery, table: &Table) -> Vec<Diagnostic> {
    let mut found = spelling(table);
    found.extend(once(context, delivery, table).or_else(|| ids(context, delivery, table)));
    found.extend(existing_database(context, table));
    found
}

/// Names of the database and of the table.
fn spelling(table: &Table) -> Vec<Diagnostic> {
    let check = |key: &str, setting: &Setting<String>| {
        names::against(
            &rules::GLUE_NAME,
            setting,
            Code::TableName,
            &match lower(&setting.value) {
                better if rules::GLUE_NAME.check(&better).is_ok() => format!("write `{key}: {better}`"),
                _ => "write lower-case letters, digits and underscores, as in `events`".into(),
            },
        )
    };
    match &table.source {
        TableSource::Own { database, own_database, name } => {
            let key = if *own_database { "database" } else { "existing" };
            check(key, database).into_iter().chain(check("name", name)).collect()
        }
        TableSource::Existing(both) => {
            let (database, name) = table.names();
            let is_name = |text: &str| rules::GLUE_NAME.check(&lower(text)).is_ok();
            (!is_name(database) || !is_name(name))
                .then(|| {
                    Diagnostic::error(
                        Code::TableName,
                        both.span,
                        format!("`{}` is not the name of a table with that of its database", both.value),
                        "write `existing: DATABASE.TABLE`, as in `existing: events.users`",
                    )
                })
                .into_iter()
                .collect()
        }
    }
}

/// A name as the catalog has it.
fn lower(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

/// Two deliveries with the same table of the stack.
fn once(context: &Context, delivery: &Delivery, table: &Table) -> Option<Diagnostic> {
    let before = context.pipeline.deliveries.iter().take_while(|other| other.spec != delivery.spec);
    let mut tables = before.filter_map(|other| other.destination.table());
    let same = tables.find(|other| other.is_own() && table.is_own() && other.names() == table.names())?;
    Some(
        Diagnostic::error(
            Code::TableTwice,
            table.span,
            format!("another delivery has the table `{}.{}` already", table.names().0, table.names().1),
            "write another `name`",
        )
        .related(same.span, "the other one"),
    )
}

/// Different names that would be one logical id.
fn ids(context: &Context, delivery: &Delivery, table: &Table) -> Option<Diagnostic> {
    let TableSource::Own { database, name, .. } = &table.source else { return None };
    let before = context.pipeline.deliveries.iter().take_while(|other| other.spec != delivery.spec);
    let before: Vec<&Table> = before.filter_map(|other| other.destination.table()).collect();
    let database_id = table.database_id();
    let same_database = database_id.and_then(|id| {
        before
            .iter()
            .find(|other| other.database_id().as_ref() == Some(&id) && other.names().0 != database.value)
    });
    let same_table = before.iter().find(|other| other.logical_id() == table.logical_id());
    let (what, other, written) = match (same_database, same_table) {
        (Some(other), _) => ("databases", other, database),
        (None, Some(other)) => ("tables", other, name),
        (None, None) => return None,
    };
    let shown = |table: &Table| match (what, table.names()) {
        ("databases", (database, _)) => database.to_owned(),
        (_, (database, name)) => format!("{database}.{name}"),
    };
    let message =
        format!("the {what} `{}` and `{}` would have the same logical id", shown(other), shown(table));
    let help = "choose a name with other letters or digits in its first 64 characters";
    Some(Diagnostic::error(Code::TableName, written.span, message, help).related(other.span, "the other one"))
}

/// A database that is to exist, and that the stack creates for another table: it does not exist at the first deployment.
fn existing_database(context: &Context, table: &Table) -> Option<Diagnostic> {
    let TableSource::Own { database, own_database: false, .. } = &table.source else { return None };
    let tables = context.pipeline.deliveries.iter().filter_map(|other| other.destination.table());
    let mut created = tables.filter_map(|other| match &other.source {
        TableSource::Own { database, own_database: true, .. } => Some(database),
        _ => None,
    });
    let same = created.find(|other| other.value == database.value)?;
    let message = format!("the stack creates the database `{}`", database.value);
    let help = format!("write `database: {}`", database.value);
    Some(
        Diagnostic::error(Code::TableUse, database.span, message, help)
            .related(same.span, "the database of the stack"),
    )
}
