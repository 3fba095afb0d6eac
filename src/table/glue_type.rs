//! Types of the Glue Data Catalog, which are Hive's.

use std::fmt;

use crate::sql::DataType;

/// A type of a column in the Glue Data Catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GlueType {
    /// True or false.
    Boolean,
    /// Whole number of 8 bits.
    TinyInt,
    /// Whole number of 16 bits.
    SmallInt,
    /// Whole number of 32 bits.
    Int,
    /// Whole number of 64 bits.
    BigInt,
    /// Floating point number of 32 bits.
    Float,
    /// Floating point number of 64 bits.
    Double,
    /// Exact number: digits in all, and after the point.
    Decimal(u8, u8),
    /// Text of any length. Hive's `varchar(n)` truncates without a message.
    String,
    /// Day.
    Date,
    /// Day and time of day.
    Timestamp,
    /// An object with these fields.
    Struct(Vec<(String, GlueType)>),
}

impl From<DataType> for GlueType {
    /// The type that holds every value of a SQL type. Athena has no type for a time of day.
    fn from(data_type: DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Boolean,
            DataType::TinyInt => Self::TinyInt,
            DataType::SmallInt => Self::SmallInt,
            DataType::Integer => Self::Int,
            DataType::BigInt => Self::BigInt,
            DataType::Decimal { precision, scale } => Self::Decimal(precision, scale),
            DataType::Real => Self::Float,
            DataType::Double => Self::Double,
            DataType::Char(_) | DataType::Varchar(_) | DataType::Time => Self::String,
            DataType::Date => Self::Date,
            DataType::Timestamp => Self::Timestamp,
        }
    }
}

impl fmt::Display for GlueType {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let word = match self {
            Self::Boolean => "boolean",
            Self::TinyInt => "tinyint",
            Self::SmallInt => "smallint",
            Self::Int => "int",
            Self::BigInt => "bigint",
            Self::Float => "float",
            Self::Double => "double",
            Self::Decimal(precision, scale) => return write!(formatter, "decimal({precision},{scale})"),
            Self::String => "string",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Struct(fields) => {
                formatter.write_str("struct<")?;
                for (at, (name, field)) in fields.iter().enumerate() {
                    let comma = if at == 0 { "" } else { "," };
                    write!(formatter, "{comma}{name}:{field}")?;
                }
                return formatter.write_str(">");
            }
        };
        formatter.write_str(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sql_type_has_a_type_of_the_catalog() {
        for (sql, glue) in [
            ("BOOLEAN", "boolean"),
            ("TINYINT", "tinyint"),
            ("SMALLINT", "smallint"),
            ("INTEGER", "int"),
            ("BIGINT", "bigint"),
            ("REAL", "float"),
            ("FLOAT", "double"),
            ("DOUBLE", "double"),
            ("DECIMAL(10, 2)", "decimal(10,2)"),
            ("CHAR(3)", "string"),
            ("VARCHAR(16)", "string"),
            ("DATE", "date"),
            ("TIME", "string"),
            ("TIMESTAMP", "timestamp"),
        ] {
            let data_type: DataType = sql.parse().expect(sql);
            assert_eq!(GlueType::from(data_type).to_string(), glue, "{sql}");
        }
    }
}
