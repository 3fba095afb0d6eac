//! What names AWS takes, by type of resource.
//!
//! A name that CloudFormation generates is always valid; these rules are for names that a spec
//! fixes, and for prefixes it chooses.

use super::Bounds;
use std::fmt;

/// A rule for the names of one type of resource.
#[derive(Debug, Clone, Copy)]
pub struct NameRule {
    /// Least length in characters.
    pub min: u64,
    /// Greatest length in characters.
    pub max: u64,
    /// The allowed characters in words.
    pub allowed: &'static str,
    /// Whether a character may occur.
    pub is_allowed: fn(char) -> bool,
    /// What the first character has to be: in words, and as a test.
    pub first: (&'static str, fn(char) -> bool),
    /// What the last character has to be: in words, and as a test.
    pub last: (&'static str, fn(char) -> bool),
    /// Rules of another shape: gives the reason against a name, or nothing.
    pub extra: fn(&str) -> Option<&'static str>,
}

/// Why a name breaks its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// Fewer characters than the rule wants.
    TooShort {
        /// Characters of the name.
        len: u64,
        /// Characters wanted.
        min: u64,
    },
    /// More characters than the rule allows.
    TooLong {
        /// Characters of the name.
        len: u64,
        /// Characters allowed.
        max: u64,
    },
    /// A character that may not occur.
    BadChar {
        /// The character.
        found: char,
        /// Its byte offset in the name.
        at: usize,
        /// The allowed characters in words.
        allowed: &'static str,
    },
    /// The first character is of the wrong kind.
    BadFirst {
        /// The character.
        found: char,
        /// What it has to be.
        wanted: &'static str,
    },
    /// The last character is of the wrong kind.
    BadLast {
        /// The character.
        found: char,
        /// What it has to be.
        wanted: &'static str,
    },
    /// A rule of another shape; the text says which.
    Other(&'static str),
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooShort { len, min } => write!(f, "has {len} characters, needs at least {min}"),
            Self::TooLong { len, max } => write!(f, "has {len} characters, at most {max} allowed"),
            Self::BadChar { found, allowed, .. } => {
                write!(f, "contains {found:?}; allowed are {allowed}")
            }
            Self::BadFirst { found, wanted } => {
                write!(f, "starts with {found:?}, must start with {wanted}")
            }
            Self::BadLast { found, wanted } => {
                write!(f, "ends with {found:?}, must end with {wanted}")
            }
            Self::Other(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for NameFault {}

impl NameRule {
    /// A rule of length and alphabet; add to it with [`NameRule::starting`] and its siblings.
    pub const fn new(length: Bounds<u64>, allowed: &'static str, is_allowed: fn(char) -> bool) -> Self {
        Self {
            min: length.min,
            max: length.max,
            allowed,
            is_allowed,
            first: ("any allowed character", any),
            last: ("any allowed character", any),
            extra: nothing,
        }
    }

    /// The same rule with a demand on the first character.
    pub const fn starting(mut self, wanted: &'static str, test: fn(char) -> bool) -> Self {
        self.first = (wanted, test);
        self
    }

    /// The same rule with a demand on the last character.
    pub const fn ending(mut self, wanted: &'static str, test: fn(char) -> bool) -> Self {
        self.last = (wanted, test);
        self
    }

    /// The same rule with a further test, which gives the reason against a name.
    pub const fn also(mut self, extra: fn(&str) -> Option<&'static str>) -> Self {
        self.extra = extra;
        self
    }

    /// Whether `name` keeps the rule, and if not the first thing that is wrong with it.
    pub fn check(&self, name: &str) -> Result<(), NameFault> {
        if let Some((at, found)) = name.char_indices().find(|&(_, c)| !(self.is_allowed)(c)) {
            return Err(NameFault::BadChar { found, at, allowed: self.allowed });
        }
        let len = name.chars().count() as u64;
        if len < self.min {
            return Err(NameFault::TooShort { len, min: self.min });
        }
        if len > self.max {
            return Err(NameFault::TooLong { len, max: self.max });
        }
        if let Some(found) = name.chars().next().filter(|&c| !(self.first.1)(c)) {
            return Err(NameFault::BadFirst { found, wanted: self.first.0 });
        }
        if let Some(found) = name.chars().next_back().filter(|&c| !(self.last.1)(c)) {
            return Err(NameFault::BadLast { found, wanted: self.last.0 });
        }
        (self.extra)(name).map_or(Ok(()), |why| Err(NameFault::Other(why)))
    }
}

fn any(_: char) -> bool {
    true
}

fn nothing(_: &str) -> Option<&'static str> {
    None
}

fn letter(c: char) -> bool {
    c.is_ascii_alphabetic()
}

fn alnum(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn lower_alnum(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn alnum_dash(c: char) -> bool {
    alnum(c) || c == '-'
}

fn alnum_dash_underscore(c: char) -> bool {
    alnum(c) || c == '-' || c == '_'
}

fn alnum_dot_dash_underscore(c: char) -> bool {
    alnum(c) || c == '.' || c == '-' || c == '_'
}

fn iam_char(c: char) -> bool {
    alnum(c) || "_+=,.@-".contains(c)
}

fn log_group_char(c: char) -> bool {
    alnum(c) || ".-_/#".contains(c)
}

fn printable(c: char) -> bool {
    !c.is_control()
}

const DOT_DASH_UNDERSCORE: &str = "letters, digits, `.`, `-` and `_`";
const DASH_UNDERSCORE: &str = "letters, digits, `-` and `_`";
const IAM: &str = "letters, digits and `_+=,.@-`";

/// `AWS::Kinesis::Stream` `Name`. CloudFormation schema, 2026-10.
pub const KINESIS_STREAM: NameRule =
    NameRule::new(Bounds::new(1, 128), DOT_DASH_UNDERSCORE, alnum_dot_dash_underscore);
/// `AWS::KinesisFirehose::DeliveryStream` `DeliveryStreamName`. CloudFormation schema, 2026-10
/// (whose pattern is not anchored, so that it lets more pass than the service).
pub const DELIVERY_STREAM: NameRule =
    NameRule::new(Bounds::new(1, 64), DOT_DASH_UNDERSCORE, alnum_dot_dash_underscore);
/// `AWS::Lambda::Function` `FunctionName`. CloudFormation schema, 2026-10.
pub const LAMBDA_FUNCTION: NameRule =
    NameRule::new(Bounds::new(1, 64), DASH_UNDERSCORE, alnum_dash_underscore);
/// `AWS::IAM::Role` `RoleName`. CloudFormation schema, 2026-10.
pub const IAM_ROLE: NameRule = NameRule::new(Bounds::new(1, 64), IAM, iam_char);
/// `AWS::IAM::InstanceProfile` `InstanceProfileName`. CloudFormation schema, 2026-10.
pub const INSTANCE_PROFILE: NameRule = NameRule::new(Bounds::new(1, 128), IAM, iam_char);
/// `AWS::S3::Bucket` `BucketName`, unique in the whole partition. CloudFormation schema, 2026-10;
/// the lower bound and the reserved affixes are from memory.
pub const S3_BUCKET: NameRule =
    NameRule::new(Bounds::new(3, 63), "lower-case letters, digits, `.` and `-`", |c| {
        lower_alnum(c) || c == '.' || c == '-'
    })
    .starting("a lower-case letter or a digit", lower_alnum)
    .ending("a lower-case letter or a digit", lower_alnum)
    .also(bucket_extra);
/// Database or table of the Glue Data Catalog, which folds names to lower case; of more, Athena reads no more. Athena user
/// guide, "Name databases, tables, and columns", 2026-04.
pub const GLUE_NAME: NameRule =
    NameRule::new(Bounds::new(1, 255), "lower-case letters, digits and `_`", |c| lower_alnum(c) || c == '_');
/// `AWS::S3Tables::TableBucket` `TableBucketName`, unique in an account and region. Amazon S3 user guide, "Table bucket naming
/// rules", 2026-11.
pub const TABLE_BUCKET: NameRule =
    NameRule::new(Bounds::new(3, 63), "lower-case letters, digits and `-`", |c| lower_alnum(c) || c == '-')
        .starting("a lower-case letter or a digit", lower_alnum)
        .ending("a lower-case letter or a digit", lower_alnum)
        .also(table_bucket_extra);

/// What AWS reserves of the names of table buckets.
const TABLE_BUCKET_PREFIXES: [&str; 4] = ["xn--", "sthree-", "amzn-s3-demo-", "aws"];
const TABLE_BUCKET_SUFFIXES: [&str; 4] = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];

fn table_bucket_extra(name: &str) -> Option<&'static str> {
    if TABLE_BUCKET_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Some("starts with `xn--`, `sthree-`, `amzn-s3-demo-` or `aws`, which AWS reserves");
    }
    let reserved = TABLE_BUCKET_SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
    reserved.then_some("ends with `-s3alias`, `--ol-s3`, `--x-s3` or `--table-s3`, which AWS reserves")
}

/// `AWS::S3Tables::Table` `TableName`. Amazon S3 user guide, "Naming rules for tables and namespaces", 2026-11.
pub const S3_TABLE: NameRule = GLUE_NAME
    .starting("a lower-case letter or a digit", lower_alnum)
    .ending("a lower-case letter or a digit", lower_alnum);
/// `AWS::S3Tables::Namespace` `Namespace`. Same guide.
pub const S3_TABLES_NAMESPACE: NameRule =
    S3_TABLE.also(|name| (name == "aws_s3_metadata").then_some("is the namespace of AWS's own tables"));
/// The same of a namespace that the stack creates. Amazon S3 user guide, "Create a namespace", 2026-11.
pub const OWN_S3_TABLES_NAMESPACE: NameRule =
    S3_TABLE.also(|name| name.starts_with("aws").then_some("starts with `aws`, which AWS reserves"));
/// `AWS::Logs::LogGroup` `LogGroupName`. CloudFormation schema, 2026-10.
pub const LOG_GROUP: NameRule =
    NameRule::new(Bounds::new(1, 512), "letters, digits and `.-_/#`", log_group_char);
/// `AWS::AutoScaling::AutoScalingGroup` `AutoScalingGroupName`. CloudFormation schema, 2026-10.
pub const AUTO_SCALING_GROUP: NameRule =
    NameRule::new(Bounds::new(1, 255), "printable characters", printable);
/// Stack. API CreateStack, 2026-11.
pub const STACK: NameRule =
    NameRule::new(Bounds::new(1, 128), "letters, digits and `-`", alnum_dash).starting("a letter", letter);

fn bucket_extra(name: &str) -> Option<&'static str> {
    if name.contains("..") {
        return Some("has two dots in a row");
    }
    let mut parts = name.split('.');
    if parts.clone().count() == 4 && parts.all(|p| p.len() <= 3 && p.chars().all(|c| c.is_ascii_digit())) {
        return Some("looks like an IP address");
    }
    if ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|p| name.starts_with(p)) {
        return Some("starts with a prefix that S3 reserves");
    }
    if ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].iter().any(|s| name.ends_with(s)) {
        return Some("ends with a suffix that S3 reserves");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters() {
        assert!(DELIVERY_STREAM.check(&"a".repeat(64)).is_ok());
        assert_eq!(DELIVERY_STREAM.check(&"a".repeat(65)), Err(NameFault::TooLong { len: 65, max: 64 }));
        assert_eq!(KINESIS_STREAM.check(""), Err(NameFault::TooShort { len: 0, min: 1 }));
    }

    #[test]
    fn a_bad_character_is_found_where_it_is() {
        let fault = LAMBDA_FUNCTION.check("my.function").expect_err("a dot");
        assert!(matches!(fault, NameFault::BadChar { found: '.', at: 2, .. }));
        assert_eq!(fault.to_string(), "contains '.'; allowed are letters, digits, `-` and `_`");
        assert!(KINESIS_STREAM.check("strömung").is_err());
    }

    #[test]
    fn buckets() {
        for good in ["abc", "my-data.2026", "1.2.3.4a", "a1b"] {
            assert!(S3_BUCKET.check(good).is_ok(), "{good}");
        }
        for bad in ["ab", "-abc", "abc-", "Abc", "a..b", "10.0.0.1", "xn--abc", "abc-s3alias"] {
            assert!(S3_BUCKET.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn stacks_and_log_groups() {
        assert!(STACK.check("pipe-1").is_ok());
        assert_eq!(STACK.check("1pipe"), Err(NameFault::BadFirst { found: '1', wanted: "a letter" }));
        assert!(LOG_GROUP.check("/aws/lambda/x").is_ok());
    }
}
