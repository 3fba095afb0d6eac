//! A path as a text of the configuration.

use pipec_path::Path;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(path)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Path, D::Error> {
    let text = String::deserialize(deserializer)?;
    pipec_path::parse(&text)
        .map_err(|error| D::Error::custom(format_args!("{text:?} is not a path: {error}")))
}
