//! A Parquet file, as Firehose writes it: the types of Hive's writer, all columns optional, times as INT96.

use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use pipec_compiler::table::columns::TableColumn;
use pipec_compiler::table::glue_type::GlueType;

use super::value::{Cell, JULIAN_1970};
use crate::compress::Packer;

/// Name of the schema's root. Hive, `DataWritableWriteSupport`.
const ROOT: &str = "hive_schema";
/// Bytes of a value in memory besides its own: those of a text's pointers, and its level.
const OVERHEAD: usize = 40;

/// The columns and the compression of files.
#[derive(Clone, Debug)]
pub struct Format {
    schema: Arc<Type>,
    properties: Arc<WriterProperties>,
    /// The columns without their objects.
    leaves: Vec<(GlueType, i16)>,
}

impl Format {
    /// The format of files with these columns, and Firehose's word for the compression within them.
    ///
    /// # Errors
    /// A fault of pipec, in a sentence.
    pub fn new(columns: &[TableColumn], compression: &str) -> Result<Self, String> {
        let fields = columns.iter().map(|column| node(&column.name, &column.glue_type).map(Arc::new));
        let schema = fields
            .collect::<Result<Vec<_>, _>>()
            .and_then(|fields| Type::group_type_builder(ROOT).with_fields(fields).build())
            .map_err(|error| format!("its columns cannot be written: {error}"))?;
        let compression = match compression {
            "GZIP" => Compression::GZIP(Default::default()),
            "UNCOMPRESSED" => Compression::UNCOMPRESSED,
            _ => Compression::SNAPPY,
        };
        // Without the index of pages, which Hive's writer of this version does not have, the end of a file stays small.
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let mut leaves = Vec::new();
        for column in columns {
            push_leaves(&column.glue_type, 1, &mut leaves);
        }
        Ok(Self { schema: Arc::new(schema), properties: Arc::new(properties), leaves })
    }
}

/// The types of the values of a column; at which level each is there.
fn push_leaves(glue_type: &GlueType, level: i16, leaves: &mut Vec<(GlueType, i16)>) {
    match glue_type {
        GlueType::Struct(fields) => {
            fields.iter().for_each(|(_, field)| push_leaves(field, level + 1, leaves));
        }
        value => leaves.push((value.clone(), level)),
    }
}

/// A column. Apache Parquet, "Logical types", as Hive's `HiveSchemaConverter` has them.
fn node(name: &str, glue_type: &GlueType) -> Result<Type, ParquetError> {
    let integer = |bit_width| Some(LogicalType::integer(bit_width, true));
    let (physical, logical) = match glue_type {
        GlueType::Struct(fields) => {
            let fields = fields.iter().map(|(name, field)| node(name, field).map(Arc::new));
            return Type::group_type_builder(name)
                .with_repetition(Repetition::OPTIONAL)
                .with_fields(fields.collect::<Result<_, _>>()?)
                .build();
        }
        GlueType::Boolean => (Physical::BOOLEAN, None),
        GlueType::TinyInt => (Physical::INT32, integer(8)),
        GlueType::SmallInt => (Physical::INT32, integer(16)),
        GlueType::Int => (Physical::INT32, None),
        GlueType::BigInt => (Physical::INT64, None),
        GlueType::Float => (Physical::FLOAT, None),
        GlueType::Double => (Physical::DOUBLE, None),
        GlueType::Decimal(precision, scale) => {
            let (precision, scale) = (i32::from(*precision), i32::from(*scale));
            return Type::primitive_type_builder(name, Physical::FIXED_LEN_BYTE_ARRAY)
                .with_repetition(Repetition::OPTIONAL)
                .with_length(decimal_bytes(precision as u32) as i32)
                .with_logical_type(Some(LogicalType::decimal(scale, precision)))
                .with_precision(precision)
                .with_scale(scale)
                .build();
        }
        GlueType::String => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        GlueType::Date => (Physical::INT32, Some(LogicalType::Date)),
        GlueType::Timestamp => (Physical::INT96, None),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

/// Bytes of the smallest signed number that has so many decimal digits.
fn decimal_bytes(digits: u32) -> usize {
    let largest = 10_u128.pow(digits);
    (1..16).find(|bytes| 1_u128 << (8 * bytes - 1) >= largest).unwrap_or(16)
}

/// The values of a column, and the level of each row.
#[derive(Debug)]
struct Leaf {
    level: i16,
    levels: Vec<i16>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Boolean(Vec<bool>),
    Int(Vec<i32>),
    Long(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Text(Vec<ByteArray>),
    /// With the length of each.
    Decimal(Vec<FixedLenByteArray>, usize),
    Timestamp(Vec<Int96>),
}

impl Leaf {
    fn new(glue_type: &GlueType, level: i16) -> Self {
        let values = match glue_type {
            GlueType::Boolean => Values::Boolean(Vec::new()),
            GlueType::TinyInt | GlueType::SmallInt | GlueType::Int | GlueType::Date => {
                Values::Int(Vec::new())
            }
            GlueType::BigInt => Values::Long(Vec::new()),
            GlueType::Float => Values::Float(Vec::new()),
            GlueType::Double => Values::Double(Vec::new()),
            GlueType::Decimal(precision, _) => {
                Values::Decimal(Vec::new(), decimal_bytes(u32::from(*precision)))
            }
            GlueType::Timestamp => Values::Timestamp(Vec::new()),
            GlueType::String | GlueType::Struct(_) => Values::Text(Vec::new()),
        };
        Self { level, levels: Vec::new(), values }
    }

    /// Appends a value, and gives its bytes in memory.
    fn push(&mut self, cell: Cell) -> usize {
        let mut bytes = OVERHEAD;
        let level = if let Cell::Null(level) = cell { level } else { self.level };
        self.levels.push(level);
        match (&mut self.values, cell) {
            (Values::Boolean(all), Cell::Boolean(truth)) => all.push(truth),
            // In the range of the column, by the conversion.
            (Values::Int(all), Cell::Int(number)) => all.push(number as i32),
            (Values::Int(all), Cell::Date(days)) => all.push(days),
            (Values::Long(all), Cell::Int(number)) => all.push(number),
            (Values::Float(all), Cell::Float(number)) => all.push(number),
            (Values::Double(all), Cell::Double(number)) => all.push(number),
            (Values::Text(all), Cell::Text(text)) => {
                bytes += text.len();
                all.push(ByteArray::from(text.into_bytes()));
            }
            (Values::Decimal(all, length), Cell::Decimal(unscaled)) => {
                let number = &unscaled.to_be_bytes()[16 - *length..];
                all.push(ByteArray::from(number.to_vec()).into());
            }
            (Values::Timestamp(all), Cell::Timestamp { days, nanos }) => {
                let mut time = Int96::new();
                let (nanos, day) = (nanos as u64, (days + JULIAN_1970) as u32);
                time.set_data(nanos as u32, (nanos >> 32) as u32, day);
                all.push(time);
            }
            _ => {}
        }
        bytes
    }

    /// Writes the values, which are gone then.
    fn write(&mut self, column: &mut SerializedColumnWriter) -> Result<(), ParquetError> {
        fn all<T: DataType>(
            column: &mut SerializedColumnWriter,
            values: &mut Vec<T::T>,
            levels: &[i16],
        ) -> Result<(), ParquetError> {
            // Nothing stays allocated: there may be many files.
            let values = std::mem::take(values);
            column.typed::<T>().write_batch(&values, Some(levels), None).map(drop)
        }
        let levels = &std::mem::take(&mut self.levels);
        match &mut self.values {
            Values::Boolean(values) => all::<BoolType>(column, values, levels),
            Values::Int(values) => all::<Int32Type>(column, values, levels),
            Values::Long(values) => all::<Int64Type>(column, values, levels),
            Values::Float(values) => all::<FloatType>(column, values, levels),
            Values::Double(values) => all::<DoubleType>(column, values, levels),
            Values::Text(values) => all::<ByteArrayType>(column, values, levels),
            Values::Decimal(values, _) => all::<FixedLenByteArrayType>(column, values, levels),
            Values::Timestamp(values) => all::<Int96Type>(column, values, levels),
        }
    }
}

/// A file that is written, row group by row group.
pub struct ParquetFile {
    /// Its sink is emptied after each row group.
    writer: SerializedFileWriter<Vec<u8>>,
    leaves: Vec<Leaf>,
    /// Bytes in memory of the rows that are not written.
    buffered: usize,
}

impl ParquetFile {
    /// A file without rows.
    ///
    /// # Errors
    /// A fault of pipec.
    pub fn new(format: &Format) -> io::Result<Self> {
        let (schema, properties) = (Arc::clone(&format.schema), Arc::clone(&format.properties));
        Ok(Self {
            writer: SerializedFileWriter::new(Vec::new(), schema, properties).map_err(io::Error::other)?,
            leaves: format.leaves.iter().map(|(glue_type, level)| Leaf::new(glue_type, *level)).collect(),
            buffered: 0,
        })
    }

    /// Bytes in memory of the rows that are not written.
    pub fn buffered(&self) -> usize {
        self.buffered
    }

    /// Appends rows, which have a cell for each column.
    pub fn add(&mut self, cells: impl Iterator<Item = Cell>) {
        let count = self.leaves.len().max(1);
        for (at, cell) in cells.enumerate() {
            if let Some(leaf) = self.leaves.get_mut(at % count) {
                self.buffered += leaf.push(cell);
            }
        }
    }

    /// Writes the rows in memory as a row group.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn write_rows(&mut self, to: &mut Packer) -> io::Result<()> {
        if self.buffered > 0 {
            self.row_group().map_err(io::Error::other)?;
            self.buffered = 0;
        }
        self.writer.flush()?;
        let bytes = std::mem::take(self.writer.inner_mut());
        to.write(&bytes)
    }

    fn row_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for leaf in &mut self.leaves {
            if let Some(mut column) = group.next_column()? {
                leaf.write(&mut column)?;
                column.close()?;
            }
        }
        group.close().map(drop)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn finish(mut self, to: &mut Packer) -> io::Result<()> {
        self.write_rows(to)?;
        let rest = self.writer.into_inner().map_err(io::Error::other)?;
        to.write(&rest)
    }
}
