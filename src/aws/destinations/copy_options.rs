//! Options of Redshift's COPY: a table of them, and a reader of text with some of them. Database developer guide, COPY: "Data format
//! parameters", "File compression parameters", "Data conversion parameters", "Data load operations", "Optional parameters", 2026-11.

/// An option of COPY.
#[derive(Debug)]
pub struct CopyOption {
    /// Its words, in upper case.
    pub words: &'static str,
    /// What follows it.
    pub value: Value,
    /// What it is about.
    pub kind: Kind,
    /// Options that cannot stand next to it.
    pub not_with: &'static [&'static str],
}

/// What follows an option. `AS` before a value may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    None,
    /// A text in quotes.
    Text,
    /// The same, or nothing.
    TextOrNone,
    /// A number within bounds.
    Number(u64, u64),
    /// One of some words.
    Word(&'static [&'static str]),
    /// The same, or nothing.
    WordOrNone(&'static [&'static str]),
}

/// What an option is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The format of the objects.
    Format,
    /// How values are converted, and how they are loaded.
    Load,
    /// What pipec or Firehose adds: with the reason.
    Managed(&'static str),
    /// What Firehose cannot do: with the reason.
    Impossible(&'static str),
}

const COMPRESSION: &str = "pipec writes it, from `staging.compression`";
const LOGIN: &str = "Firehose adds the permission to read the bucket";
const TEXT_ONLY: &str = "Firehose stages the records as text";

const fn option(words: &'static str, value: Value, kind: Kind) -> CopyOption {
    CopyOption { words, value, kind, not_with: &[] }
}

const fn format(words: &'static str, value: Value, not_with: &'static [&'static str]) -> CopyOption {
    CopyOption { words, value, kind: Kind::Format, not_with }
}

/// Formats that Firehose does not stage.
const FORMATS: &[&str] = &["AVRO", "ORC", "PARQUET", "SHAPEFILE"];

const BOOLEANS: &[&str] = &["ON", "OFF", "TRUE", "FALSE"];

/// All options.
pub const OPTIONS: &[CopyOption] = &[
    format(
        "JSON",
        Value::TextOrNone,
        &[
            "CSV",
            "DELIMITER",
            "ESCAPE",
            "FILLRECORD",
            "FIXEDWIDTH",
            "IGNOREBLANKLINES",
            "NULL AS",
            "REMOVEQUOTES",
        ],
    ),
    format("CSV", Value::None, &["ESCAPE", "FIXEDWIDTH", "REMOVEQUOTES"]),
    option("QUOTE", Value::Text, Kind::Load),
    format("DELIMITER", Value::Text, &["FIXEDWIDTH"]),
    format("FIXEDWIDTH", Value::Text, &["ESCAPE"]),
    option("AVRO", Value::TextOrNone, Kind::Impossible(TEXT_ONLY)),
    option("ORC", Value::None, Kind::Impossible(TEXT_ONLY)),
    option("PARQUET", Value::None, Kind::Impossible(TEXT_ONLY)),
    option("SHAPEFILE", Value::None, Kind::Impossible(TEXT_ONLY)),
    option("GZIP", Value::None, Kind::Managed(COMPRESSION)),
    option("BZIP2", Value::None, Kind::Impossible("Firehose compresses with gzip only")),
    option("LZOP", Value::None, Kind::Impossible("Firehose compresses with gzip only")),
    option("ZSTD", Value::None, Kind::Impossible("Firehose compresses with gzip only")),
    option("ACCEPTANYDATE", Value::None, Kind::Load),
    option("ACCEPTINVCHARS", Value::TextOrNone, Kind::Load),
    option("BLANKSASNULL", Value::None, Kind::Load),
    option("DATEFORMAT", Value::Text, Kind::Load),
    option("EMPTYASNULL", Value::None, Kind::Load),
    option("ENCODING", Value::Word(&["UTF8", "UTF16", "UTF16LE", "UTF16BE", "ISO88591"]), Kind::Load),
    option("ESCAPE", Value::None, Kind::Load),
    option("EXPLICIT_IDS", Value::None, Kind::Load),
    option("FILLRECORD", Value::None, Kind::Load),
    option("IGNOREBLANKLINES", Value::None, Kind::Load),
    option("IGNOREHEADER", Value::Number(0, u32::MAX as u64), Kind::Load),
    option("NULL AS", Value::Text, Kind::Load),
    option("REMOVEQUOTES", Value::None, Kind::Load),
    option("ROUNDEC", Value::None, Kind::Load),
    option("TIMEFORMAT", Value::Text, Kind::Load),
    option("TRIMBLANKS", Value::None, Kind::Load),
    option("TRUNCATECOLUMNS", Value::None, Kind::Load),
    option("COMPROWS", Value::Number(1_000, 1_000_000_000), Kind::Load),
    option("COMPUPDATE", Value::WordOrNone(&["ON", "OFF", "TRUE", "FALSE", "PRESET"]), Kind::Load),
    CopyOption {
        words: "IGNOREALLERRORS",
        value: Value::None,
        kind: Kind::Load,
        not_with: &["ACCEPTANYDATE", "ACCEPTINVCHARS", "MAXERROR"],
    },
    option("MAXERROR", Value::Number(0, 100_000), Kind::Load),
    option("STATUPDATE", Value::WordOrNone(BOOLEANS), Kind::Load),
    option("NOLOAD", Value::None, Kind::Impossible("it checks the objects and loads nothing")),
    option("MANIFEST", Value::None, Kind::Managed("Firehose adds it")),
    option("REGION", Value::Text, Kind::Managed("pipec writes it where Redshift is in another region")),
    option("CREDENTIALS", Value::Text, Kind::Managed(LOGIN)),
    option("IAM_ROLE", Value::TextOrNone, Kind::Managed(LOGIN)),
    option("ACCESS_KEY_ID", Value::Text, Kind::Managed(LOGIN)),
    option("SECRET_ACCESS_KEY", Value::Text, Kind::Managed(LOGIN)),
    option("SESSION_TOKEN", Value::Text, Kind::Managed(LOGIN)),
    option("MASTER_SYMMETRIC_KEY", Value::Text, Kind::Impossible("the objects are encrypted by S3")),
    option("ENCRYPTED", Value::None, Kind::Impossible("the objects are encrypted by S3")),
    option("SSH", Value::None, Kind::Impossible("the records are in S3")),
    option("READRATIO", Value::Number(0, 200), Kind::Impossible("it is for tables of DynamoDB")),
];

/// An option as it is written.
#[derive(Debug)]
pub struct Written {
    /// The option.
    pub option: &'static CopyOption,
    /// What follows it, without quotes.
    pub value: Option<String>,
}

/// What is wrong with a text of options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No option begins with this word.
    Unknown(String),
    /// A text without its second quote.
    Open,
    /// The option has no such value: its words, and what it needs.
    Value(&'static str, String),
}

/// A word or a text in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let mut value = String::new();
            let mut at = 1;
            loop {
                let Some(end) = rest[at..].find('\'') else { return Err(Fault::Open) };
                value.push_str(&rest[at..at + end]);
                at += end + 1;
                // Two quotes are one quote of the text.
                if !rest[at..].starts_with('\'') {
                    break;
                }
                value.push('\'');
                at += 1;
            }
            tokens.push(Token::Text(value));
            rest = rest[at..].trim_start();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '\'').unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = rest[end..].trim_start();
        }
    }
    Ok(tokens)
}

/// Reads options as COPY would.
///
/// # Errors
/// The first fault.
pub fn read(text: &str) -> Result<Vec<Written>, Fault> {
    let tokens = tokens(text.trim().trim_end_matches(';'))?;
    let mut written: Vec<Written> = Vec::new();
    let mut at = 0;
    let is = |token: Option<&Token>, word: &str| matches!(token, Some(Token::Word(one)) if one.eq_ignore_ascii_case(word));
    while let Some(token) = tokens.get(at) {
        let first = match token {
            Token::Word(word) => word.clone(),
            Token::Text(text) => return Err(Fault::Unknown(format!("'{text}'"))),
        };
        at += 1;
        // `FORMAT` and `FORMAT AS` may precede the name of a format.
        if first.eq_ignore_ascii_case("FORMAT") {
            at += usize::from(is(tokens.get(at), "AS"));
            let of_format = |option: &&CopyOption| {
                (option.kind == Kind::Format || FORMATS.contains(&option.words))
                    && is(tokens.get(at), option.words)
            };
            if !OPTIONS.iter().any(|option| of_format(&option)) {
                return Err(Fault::Value("FORMAT", "a format, such as `CSV`".to_owned()));
            }
            continue;
        }
        let of_word = |option: &&CopyOption| {
            option.words.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case(&first))
        };
        let Some(option) = OPTIONS.iter().find(of_word) else { return Err(Fault::Unknown(first)) };
        let takes_as = !matches!(option.value, Value::None | Value::WordOrNone(_));
        let has_as = takes_as && is(tokens.get(at), "AS");
        at += usize::from(has_as);
        let value = match (tokens.get(at), option.value) {
            (Some(Token::Text(text)), Value::Text | Value::TextOrNone) => Some(text.clone()),
            (Some(Token::Word(word)), Value::Number(min, max)) => {
                let number = word.parse().ok().filter(|number| (min..=max).contains(number));
                let need = || Fault::Value(option.words, format!("a whole number, {min} to {max}"));
                Some(number.ok_or_else(need)?.to_string())
            }
            (Some(Token::Word(word)), Value::Word(words) | Value::WordOrNone(words))
                if words.iter().any(|known| known.eq_ignore_ascii_case(word)) =>
            {
                Some(word.to_ascii_uppercase())
            }
            (_, Value::None | Value::WordOrNone(_)) => None,
            (_, Value::TextOrNone) if !has_as => None,
            (_, Value::Text | Value::TextOrNone) => {
                return Err(Fault::Value(option.words, "a string in single quotes".to_owned()));
            }
            (_, Value::Number(min, max)) => {
                return Err(Fault::Value(option.words, format!("a whole number, {min} to {max}")));
            }
            (_, Value::Word(words)) => return Err(Fault::Value(option.words, words.join(", "))),
        };
        at += usize::from(value.is_some());
        written.push(Written { option, value });
    }
    Ok(written)
}

/// The value of an option; `Some(None)` of one without a value.
pub fn value<'a>(written: &'a [Written], words: &str) -> Option<Option<&'a str>> {
    let one = written.iter().find(|one| one.option.words == words)?;
    Some(one.value.as_deref())
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::RedshiftSqlDialect;
    use sqlparser::parser::Parser;

    use super::*;

    #[test]
    fn options_are_there_once_and_exclude_known_ones() {
        let mut words: Vec<&str> = OPTIONS.iter().map(|option| option.words).collect();
        for option in OPTIONS {
            for other in option.not_with {
                assert!(words.contains(other), "{}: {other}", option.words);
            }
        }
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    #[test]
    fn text_is_read_as_copy_reads_it() {
        let read_all = |text: &str| -> Result<Vec<(&str, Option<String>)>, Fault> {
            read(text).map(|all| all.into_iter().map(|one| (one.option.words, one.value)).collect())
        };
        let text = |value: &str| Some(value.to_owned());
        assert_eq!(
            read_all("format as json 'auto' timeformat as 'auto' MAXERROR 10 truncatecolumns;"),
            Ok(vec![
                ("JSON", text("auto")),
                ("TIMEFORMAT", text("auto")),
                ("MAXERROR", text("10")),
                ("TRUNCATECOLUMNS", None)
            ])
        );
        assert_eq!(
            read_all("CSV DELIMITER '|' NULL AS '\\N' QUOTE ''''"),
            Ok(vec![("CSV", None), ("DELIMITER", text("|")), ("NULL AS", text("\\N")), ("QUOTE", text("'"))])
        );
        assert_eq!(read_all("STATUPDATE STATUPDATE off").map(|all| all.len()), Ok(2));
        assert_eq!(read_all("TIMEFORMT 'auto'"), Err(Fault::Unknown("TIMEFORMT".into())));
        assert_eq!(read_all("JSON 'auto"), Err(Fault::Open));
        assert_eq!(
            read_all("TIMEFORMAT auto"),
            Err(Fault::Value("TIMEFORMAT", "a string in single quotes".into()))
        );
        for (text, words) in [
            ("FORMAT AS", "FORMAT"),
            ("FORMAT TRUNCATECOLUMNS", "FORMAT"),
            ("JSON AS", "JSON"),
            ("QUOTE AS", "QUOTE"),
        ] {
            assert!(matches!(read_all(text), Err(Fault::Value(of, _)) if of == words), "{text}");
        }
        assert_eq!(read_all("TRUNCATECOLUMNS AS"), Err(Fault::Unknown("AS".into())));
        assert!(matches!(read_all("MAXERROR 200000"), Err(Fault::Value("MAXERROR", _))));
    }

    /// Another reader of Redshift's SQL takes each option, where it knows it.
    #[test]
    fn another_reader_of_copy_takes_the_options() {
        for options in [
            "JSON 'auto ignorecase' TIMEFORMAT 'auto' GZIP",
            "JSON 'auto ignorecase' TIMEFORMAT 'auto' GZIP REGION 'us-east-1' TRUNCATECOLUMNS",
            "CSV DELIMITER '|' DATEFORMAT 'auto' ACCEPTINVCHARS '^' BLANKSASNULL EMPTYASNULL IGNOREHEADER 1 STATUPDATE OFF",
        ] {
            assert!(read(options).is_ok(), "{options}");
            let sql = format!(
                "COPY public.orders (id, country) FROM 's3://bucket/manifest' IAM_ROLE 'arn:aws:iam::1:role/r' MANIFEST {options}"
            );
            let parsed = Parser::parse_sql(&RedshiftSqlDialect {}, &sql);
            assert!(parsed.is_ok(), "{sql}: {parsed:?}");
        }
    }
}
