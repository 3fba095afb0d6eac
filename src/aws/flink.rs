//! Runtimes of the Managed Service for Apache Flink, and the connector each one takes.
//!
//! The CloudFormation schema of 2026-10 accepts every name in the table, the dead ones included:
//! a template with `SQL-1_0` passes all static checks and is refused by the service.

/// What can be done with a runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The one to take for new applications.
    Current,
    /// Offered, and still listed by AWS.
    Supported,
    /// In the schema, but new applications should not be made on it.
    Unsupported {
        /// ISO date since when, if it is known.
        since: Option<&'static str>,
        /// The reason, ready to follow "because".
        why: &'static str,
    },
    /// Refused by the service.
    Removed {
        /// ISO date from which no application can be created.
        no_new_since: &'static str,
        /// ISO date from which the applications left over are stopped for good or deleted.
        gone_since: &'static str,
    },
}

/// Coordinates of an artifact in Maven Central.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maven {
    /// Group.
    pub group: &'static str,
    /// Artifact.
    pub artifact: &'static str,
    /// Version.
    pub version: &'static str,
}

impl Maven {
    /// The jar's file name.
    pub fn jar(&self) -> String {
        format!("{}-{}.jar", self.artifact, self.version)
    }

    /// The jar's path below the root of a Maven repository.
    pub fn path(&self) -> String {
        let group = self.group.replace('.', "/");
        format!("{group}/{}/{}/{}", self.artifact, self.version, self.jar())
    }
}

impl std::fmt::Display for Maven {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.group, self.artifact, self.version)
    }
}

/// A value of `RuntimeEnvironment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runtime {
    /// The value, such as `FLINK-2_2`.
    pub name: &'static str,
    /// What can be done with it.
    pub state: State,
    /// Version of Flink, or none for SQL and notebooks.
    pub flink: Option<&'static str>,
    /// Version of Java, where a source names it.
    pub java: Option<u32>,
    /// Version of Python, where a source names it.
    pub python: Option<&'static str>,
    /// The Kinesis connector for SQL, one self-contained jar, where a source names its version.
    pub kinesis_sql_connector: Option<Maven>,
    /// Whether setting a Flink option outside the service's list makes the program fail, and only
    /// `/tmp` can be written.
    pub strict_options: bool,
}

impl Runtime {
    /// Whether a new application can and should be made on it.
    pub const fn usable(&self) -> bool {
        matches!(self.state, State::Current | State::Supported)
    }
}

/// The runtime for new applications.
pub const DEFAULT: &str = "FLINK-2_2";
/// The `RuntimeEnvironment` of the discontinued SQL applications.
pub const LEGACY_SQL: &str = "SQL-1_0";
/// ISO date from which no SQL application can be created. Kinesis Data Analytics for SQL guide,
/// discontinuation notice, 2026-11.
pub const LEGACY_SQL_NO_NEW_SINCE: &str = "2025-10-15";
/// ISO date from which SQL applications are deleted. Same notice.
pub const LEGACY_SQL_GONE_SINCE: &str = "2026-01-27";

/// What became of Kinesis Data Analytics for SQL, in a sentence.
pub fn legacy_sql_message() -> String {
    format!(
        "`{LEGACY_SQL}` is gone: no new applications since {LEGACY_SQL_NO_NEW_SINCE}, the last deleted from \
         {LEGACY_SQL_GONE_SINCE} on"
    )
}

/// The runtime of that name.
pub fn runtime(name: &str) -> Option<&'static Runtime> {
    RUNTIMES.binary_search_by(|r| r.name.cmp(name)).ok().map(|at| &RUNTIMES[at])
}

/// All runtimes, sorted by name.
pub fn all() -> &'static [Runtime] {
    RUNTIMES
}

const GROUP: &str = "org.apache.flink";
const KINESIS_SQL: &str = "flink-sql-connector-aws-kinesis-streams";

/// Kinesis SQL connector for Flink 1.20, release v5.1.0 of 2026-01 (apache/flink-connector-aws).
const KINESIS_SQL_1_20: Maven = Maven { group: GROUP, artifact: KINESIS_SQL, version: "5.1.0-1.20" };
/// Kinesis SQL connector for Flink 2.x, release v6.0.0 of 2026-02 (apache/flink-connector-aws).
/// AWS names 6.0.1-2.0 for the connector to shade; whether the SQL jar has it is not confirmed.
const KINESIS_SQL_2_0: Maven = Maven { group: GROUP, artifact: KINESIS_SQL, version: "6.0.0-2.0" };

/// Limits page of managed Flink, 2026-11.
const REMOVED_EARLY: State = State::Removed { no_new_since: "2024-11-05", gone_since: "2025-02-05" };

const NOT_LISTED: State = State::Unsupported {
    since: None,
    why: "it is missing from the list of versions that AWS published in 2026",
};

const NOTEBOOK: State = State::Unsupported {
    since: None,
    why: "it is for interactive notebooks, which a stack cannot run as a pipeline",
};

const fn old(name: &'static str, flink: &'static str, state: State) -> Runtime {
    Runtime {
        name,
        state,
        flink: Some(flink),
        java: None,
        python: None,
        kinesis_sql_connector: None,
        strict_options: false,
    }
}

const fn v1(name: &'static str, flink: &'static str) -> Runtime {
    Runtime { java: Some(11), ..old(name, flink, State::Supported) }
}

const fn v2(name: &'static str, flink: &'static str, state: State) -> Runtime {
    Runtime {
        name,
        state,
        flink: Some(flink),
        java: Some(17),
        python: Some("3.12"),
        kinesis_sql_connector: Some(KINESIS_SQL_2_0),
        strict_options: true,
    }
}

const fn other(name: &'static str, state: State) -> Runtime {
    Runtime { flink: None, ..old(name, "", state) }
}

/// Names: CloudFormation schema, 2026-10. States and languages: managed Flink limits page, release
/// pages and examples, 2026-08 to 2026-11.
static RUNTIMES: &[Runtime] = &[
    old("FLINK-1_11", "1.11", REMOVED_EARLY),
    old("FLINK-1_13", "1.13", NOT_LISTED),
    v1("FLINK-1_15", "1.15"),
    v1("FLINK-1_18", "1.18"),
    v1("FLINK-1_19", "1.19"),
    Runtime {
        python: Some("3.11"),
        kinesis_sql_connector: Some(KINESIS_SQL_1_20),
        ..v1("FLINK-1_20", "1.20")
    },
    old("FLINK-1_6", "1.6", REMOVED_EARLY),
    old("FLINK-1_8", "1.8", REMOVED_EARLY),
    v2("FLINK-2_2", "2.2", State::Current),
    v2("FLINK-2_3", "2.3", State::Supported),
    other(
        LEGACY_SQL,
        State::Removed { no_new_since: LEGACY_SQL_NO_NEW_SINCE, gone_since: LEGACY_SQL_GONE_SINCE },
    ),
    other("ZEPPELIN-FLINK-1_0", NOTEBOOK),
    other("ZEPPELIN-FLINK-2_0", NOTEBOOK),
    other("ZEPPELIN-FLINK-3_0", NOTEBOOK),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_unique_and_found() {
        assert!(RUNTIMES.is_sorted_by(|a, b| a.name < b.name));
        for r in all() {
            assert_eq!(runtime(r.name), Some(r));
        }
        assert_eq!(runtime("FLINK-3_0"), None);
    }

    #[test]
    fn one_current_runtime_and_it_is_the_default() {
        let mut current = all().iter().filter(|r| r.state == State::Current);
        assert_eq!(current.next().map(|r| r.name), Some(DEFAULT));
        assert_eq!(current.next(), None);
    }

    #[test]
    fn the_sql_runtime_is_removed() {
        let sql = runtime(LEGACY_SQL).expect("SQL-1_0");
        assert!(!sql.usable() && sql.flink.is_none());
        assert!(matches!(sql.state, State::Removed { no_new_since: "2025-10-15", .. }));
    }

    #[test]
    fn connectors_by_runtime() {
        let connector = |name| runtime(name).and_then(|r| r.kinesis_sql_connector);
        let new = connector("FLINK-2_2").expect("a connector");
        assert_eq!(new.to_string(), "org.apache.flink:flink-sql-connector-aws-kinesis-streams:6.0.0-2.0");
        assert_eq!(
            new.path(),
            "org/apache/flink/flink-sql-connector-aws-kinesis-streams/6.0.0-2.0/\
             flink-sql-connector-aws-kinesis-streams-6.0.0-2.0.jar"
        );
        assert_eq!(connector("FLINK-1_20").map(|m| m.version), Some("5.1.0-1.20"));
        assert_eq!(connector("FLINK-1_15"), None);
        let usable: Vec<_> = all().iter().filter(|r| r.usable()).map(|r| r.name).collect();
        assert_eq!(
            usable,
            ["FLINK-1_15", "FLINK-1_18", "FLINK-1_19", "FLINK-1_20", "FLINK-2_2", "FLINK-2_3"]
        );
    }
}
