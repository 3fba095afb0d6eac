//! What documents of OpenSearch are: the mapping of their fields, and the names of their indexes.

use serde_json::{Map, Value as Json, json};

use crate::spec::destinations::IndexRotation;
use crate::sql::{DataType, EpochUnit};
use crate::table::fields::{Field, Fields};

/// Most digits of a whole number that OpenSearch stores exactly, in 64 bits.
const WHOLE_DIGITS_MAX: u8 = 18;
/// Most digits of a decimal that it stores exactly: it reads a `scaled_float` as a double, then multiplies it by the factor.
const SCALED_DIGITS_MAX: u8 = 15;

/// Firehose's word for a rotation.
pub(super) fn rotation(rotation: IndexRotation) -> &'static str {
    match rotation {
        IndexRotation::None => "NoRotation",
        IndexRotation::Hour => "OneHour",
        IndexRotation::Day => "OneDay",
        IndexRotation::Week => "OneWeek",
        IndexRotation::Month => "OneMonth",
    }
}

/// What the indexes of a name are, as a pattern.
pub(super) fn pattern(index: &str, rotation: IndexRotation) -> String {
    if rotation == IndexRotation::None { index.to_owned() } else { format!("{index}-*") }
}

/// The mapping of the fields whose types are known; `None` if none is.
pub(super) fn mapping(fields: &Fields) -> Option<Json> {
    let mut properties = Map::new();
    for field in fields.list.iter().filter(|field| !field.is_inside_array) {
        if let Some(of_field) = of_field(field, fields.of_rows) {
            insert(&mut properties, &field.document_path(), of_field);
        }
    }
    (!properties.is_empty()).then(|| json!({ "properties": properties }))
}

fn insert(properties: &mut Map<String, Json>, path: &[&str], mapping: Json) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        properties.insert((*first).to_owned(), mapping);
        return;
    }
    let object = properties.entry((*first).to_owned()).or_insert_with(|| json!({ "properties": {} }));
    if let Some(inner) = object.get_mut("properties").and_then(Json::as_object_mut) {
        insert(inner, rest, mapping);
    }
}

/// The mapping of a field. Strings are as OpenSearch maps them by itself: for full-text search, and as a whole.
fn of_field(field: &Field, of_rows: bool) -> Option<Json> {
    let of_type = |name: &str| json!({ "type": name });
    let date = |format: &str| json!({ "type": "date", "format": format });
    Some(match (field.data_type, field.epoch) {
        (DataType::Timestamp, Some(EpochUnit::Seconds)) => date("strict_date_optional_time||epoch_second"),
        (DataType::Timestamp, Some(EpochUnit::Milliseconds)) => {
            date("strict_date_optional_time||epoch_millis")
        }
        (DataType::Timestamp, None) if of_rows => date("strict_date_optional_time"),
        // The form of the text is not known, or OpenSearch has no such unit.
        (DataType::Timestamp, _) => return None,
        // pipec reads texts such as 2026-1-3 and TRUE, which these types reject.
        (DataType::Date | DataType::Boolean, _) if !of_rows => return None,
        (DataType::Date, _) => date("strict_date"),
        (DataType::Boolean, _) => of_type("boolean"),
        (DataType::TinyInt, _) => of_type("byte"),
        (DataType::SmallInt, _) => of_type("short"),
        (DataType::Integer, _) => of_type("integer"),
        (DataType::BigInt, _) => of_type("long"),
        (DataType::Real, _) => of_type("float"),
        (DataType::Decimal { precision, scale: 0 }, _) if precision <= WHOLE_DIGITS_MAX => of_type("long"),
        (DataType::Decimal { precision, scale: scale @ 1.. }, _) if precision <= SCALED_DIGITS_MAX => {
            json!({ "type": "scaled_float", "scaling_factor": 10u64.pow(u32::from(scale)) })
        }
        (DataType::Double | DataType::Decimal { .. }, _) => of_type("double"),
        (DataType::Char(_) | DataType::Varchar(_) | DataType::Time, _) => json!({
            "type": "text",
            "fields": { "keyword": { "type": "keyword", "ignore_above": 256 } },
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::planned;

    #[test]
    fn the_mapping_has_the_types_of_the_rows() {
        let (_, checked) = planned(
            "name: orders\nstream: {record_size: 1 KiB, records_per_second: 10}\nrecords: {format: json, columns: {id: {type: \
             BIGINT}, at: {type: TIMESTAMP}, total: {type: 'DECIMAL(10, 2)'}, big: {type: 'DECIMAL(30, 2)'}, city: {type: \
             VARCHAR(9), path: '$.address[\"geo.city\"]'}, ms: {type: TIMESTAMP, as: epoch_ms}, day: {type: DATE}, \
             paid: {type: BOOLEAN}, long: {type: 'DECIMAL(17, 2)'}}}\nanalytics: {sql: 'SELECT id, at, total AS \"sum.net\", \
             big, city, day, paid, long FROM stream'}\ndeliveries:\n  rows: {s3: {}}\n  raw: {from: stream, s3: {}}\n",
        );
        let of = |at: usize| {
            let delivery = &checked.pipeline().deliveries[at];
            let fields =
                crate::table::fields::fields(checked.pipeline(), checked.query(), delivery).expect("fields");
            mapping(&fields).expect("a mapping").to_string()
        };
        let text = r#"{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}}"#;
        assert_eq!(
            of(0),
            format!(
                "{{\"properties\":{{\"id\":{{\"type\":\"long\"}},\"at\":{{\"type\":\"date\",\"format\":\"strict_date_optional_time\"}},\
                 \"sum\":{{\"properties\":{{\"net\":{{\"type\":\"scaled_float\",\"scaling_factor\":100}}}}}},\"big\":{{\"type\":\
                 \"double\"}},\"city\":{text},\"day\":{{\"type\":\"date\",\"format\":\"strict_date\"}},\"paid\":{{\"type\":\
                 \"boolean\"}},\"long\":{{\"type\":\"double\"}}}}}}"
            )
        );
        // The form of times, dates and booleans of records is not known; their objects are.
        assert_eq!(
            of(1),
            format!(
                "{{\"properties\":{{\"id\":{{\"type\":\"long\"}},\"total\":{{\"type\":\"scaled_float\",\"scaling_factor\":100}},\"big\":\
                 {{\"type\":\"double\"}},\"address\":{{\"properties\":{{\"geo\":{{\"properties\":{{\"city\":{text}}}}}}}}},\
                 \"ms\":{{\"type\":\"date\",\"format\":\"strict_date_optional_time||epoch_millis\"}},\"long\":{{\"type\":\
                 \"double\"}}}}}}"
            )
        );
    }
}
