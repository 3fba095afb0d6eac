//! Partitions that are filled within a buffer interval.

use indexmap::IndexMap;

use super::fields::Fields;
use super::partition_keys::pattern;
use super::time_pattern::{TimePattern, TimeUnit};
use crate::pipeline::{Delivery, Pipeline, Purpose, S3};
use crate::sql::DataType;

/// Number of partitions that are filled at a time, as far as it is known; the keys whose numbers are not.
pub fn active_partitions(
    pipeline: &Pipeline,
    delivery: &Delivery,
    s3: &S3,
    fields: &Fields,
) -> (u64, Vec<String>) {
    let mut number: u64 = 1;
    let mut of_columns: IndexMap<&str, u64> = IndexMap::new();
    let mut unknown = Vec::new();
    for partition in &s3.partitions {
        let Some(field) = fields.find(&partition.column.value) else { continue };
        let counted = partition.count.as_ref().map(|count| count.value);
        let listed = partition.values.as_ref().map(|values| values.value.len() as u64);
        let times = pattern(partition, field).map(|pattern| times(delivery, &pattern));
        let of_type = match field.data_type {
            DataType::Boolean => Some(2),
            DataType::TinyInt => Some(256),
            _ => None,
        };
        let declared = pipeline.analytics.as_ref().and_then(|analytics| {
            let is_same = |key: &[String]| matches!(key, [only] if only.eq_ignore_ascii_case(&field.name));
            analytics.keys.iter().find(|(key, _)| is_same(key)).map(|(_, count)| count.value)
        });
        match (counted.or(listed), times.or(of_type).or(declared)) {
            (Some(count), _) => number = number.saturating_mul(count.max(1)),
            // The keys of a column change together: a new year begins with a new hour.
            (None, Some(count)) => {
                let largest = of_columns.entry(&field.name).or_insert(1);
                *largest = count.max(*largest);
            }
            (None, None) => unknown.push(partition.key.clone()),
        }
    }
    let number = of_columns.into_values().fold(number, u64::saturating_mul);
    (number, unknown)
}

/// Folders of a time that are filled within a buffer interval. Records arrive in about their order: of their times, those of
/// one interval, and one more.
fn times(delivery: &Delivery, pattern: &TimePattern) -> u64 {
    let interval = delivery.buffer(Purpose::Destination).1;
    match pattern.units().into_iter().max() {
        Some(TimeUnit::Minute) => interval.div_ceil(60) + 1,
        _ => 2,
    }
}
