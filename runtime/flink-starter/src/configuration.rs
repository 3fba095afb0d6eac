//! What a template decides about an application, and a description of the application shows.

use std::collections::BTreeMap;

use serde_json::Value;

/// Property group of the values that the program inserts into its SQL.
pub const PROPERTY_GROUP: &str = "pipec";
/// Setting of the runtime environment, the first word of the template's text.
pub const RUNTIME: &str = "runtime";
/// Setting of the parallel subtasks.
pub const PARALLELISM: &str = "parallelism";
/// Setting of the subtasks of a KPU.
pub const PER_KPU: &str = "per-kpu";
/// Setting of the service's scaling, which changes the parallelism by itself.
pub const AUTO_SCALING: &str = "auto-scaling";
/// Setting of snapshots.
pub const SNAPSHOTS: &str = "snapshots";

/// Code, settings and properties of an application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// S3 key of its code; `None` where none is named.
    pub code_key: Option<String>,
    /// Its settings by the names above, as far as they are known.
    pub settings: BTreeMap<&'static str, String>,
    /// Its property group; empty where it is not known.
    pub properties: BTreeMap<String, String>,
}

impl Configuration {
    /// What the properties of the custom resource say. `Settings` is a text: the runtime environment, and `name=value`
    /// words, of which a description shows only some.
    #[must_use]
    pub fn read(properties: &Value) -> Self {
        let mut settings = BTreeMap::new();
        for (at, word) in properties["Settings"].as_str().unwrap_or_default().split(' ').enumerate() {
            match word.split_once('=') {
                Some((name, value)) => {
                    let known = [PARALLELISM, PER_KPU, AUTO_SCALING, SNAPSHOTS];
                    if let Some(name) = known.into_iter().find(|known| *known == name) {
                        settings.insert(name, value.to_owned());
                    }
                }
                None if at == 0 && !word.is_empty() => {
                    settings.insert(RUNTIME, word.to_owned());
                }
                None => {}
            }
        }
        let group = properties["Properties"].as_object().into_iter().flatten();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Self {
            code_key: properties["CodeKey"].as_str().filter(|key| !key.is_empty()).map(str::to_owned),
            settings,
            properties: group.map(|(name, value)| (name.clone(), text(value))).collect(),
        }
    }

    /// This, with what another one knows beyond it.
    #[must_use]
    pub fn known_as(mut self, other: &Self) -> Self {
        self.code_key = self.code_key.or_else(|| other.code_key.clone());
        for (name, value) in &other.settings {
            self.settings.entry(name).or_insert_with(|| value.clone());
        }
        if self.properties.is_empty() {
            self.properties.clone_from(&other.properties);
        }
        self
    }

    /// Whether an application has it. What either side does not know is not compared.
    #[must_use]
    pub fn is_of(&self, seen: &Self) -> bool {
        let scales = self.settings.get(AUTO_SCALING).is_some_and(|value| value == "true");
        let same_setting = |(name, value): (&&'static str, &String)| {
            let seen = seen.settings.get(name);
            seen.is_none_or(|seen| seen == value) || (scales && *name == PARALLELISM)
        };
        let unknown = self.properties.is_empty() || seen.properties.is_empty();
        self.code_key.is_some()
            && self.code_key == seen.code_key
            && self.settings.iter().all(same_setting)
            && (unknown || self.properties == seen.properties)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of_template(settings: &str, stream: &str) -> Configuration {
        Configuration::read(&json!({"CodeKey": "k", "Settings": settings, "Properties": {"stream": stream}}))
    }

    #[test]
    fn settings_are_read_from_the_templates_text() {
        let read = of_template(
            "FLINK-2_2 c.jar parallelism=2 per-kpu=1 auto-scaling=false snapshots=true state-ttl=7s",
            "a",
        );
        let settings: Vec<_> = read.settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            settings,
            ["auto-scaling=false", "parallelism=2", "per-kpu=1", "runtime=FLINK-2_2", "snapshots=true"]
        );
        assert_eq!(Configuration::read(&json!({})), Configuration::default());
        assert_eq!(Configuration::read(&json!({"Settings": 7, "Properties": "x"})), Configuration::default());
    }

    #[test]
    fn each_part_counts_where_both_know_it() {
        let wanted = of_template("FLINK-2_2 c.jar parallelism=2", "a");
        assert!(wanted.is_of(&wanted));
        assert!(!wanted.is_of(&of_template("FLINK-2_2 c.jar parallelism=3", "a")));
        assert!(!wanted.is_of(&of_template("FLINK-1_20 c.jar parallelism=2", "a")));
        assert!(!wanted.is_of(&of_template("FLINK-2_2 c.jar parallelism=2", "b")));
        assert!(!wanted.is_of(&Configuration { code_key: Some("l".to_owned()), ..wanted.clone() }));
        let only_code = Configuration { code_key: Some("k".to_owned()), ..Configuration::default() };
        assert!(wanted.is_of(&only_code) && only_code.is_of(&wanted));
        let scaling = of_template("FLINK-2_2 c.jar parallelism=2 auto-scaling=true", "a");
        assert!(scaling.is_of(&of_template("FLINK-2_2 c.jar parallelism=8 auto-scaling=true", "a")));
    }
}
