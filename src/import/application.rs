//! An application of Kinesis Data Analytics for SQL, read from a value that describes it. The four formats write the
//! same things under names of their own; all of these are here.

use super::value::{Kind, Placed, Text, Value};
use crate::source::Span;

/// An application.
#[derive(Clone, Debug)]
pub struct Application {
    /// Name, or where the file does not hold it, the resource's name in the file.
    pub name: String,
    /// Where it is described.
    pub span: Span,
    pub(super) description: Option<Text>,
    pub(super) code: Code,
    pub(super) input: Option<Input>,
    /// Inputs beyond the first; the service took one.
    pub(super) other_inputs: Vec<Span>,
    pub(super) outputs: Vec<Output>,
    pub(super) references: Vec<Reference>,
}

/// Where the SQL is.
#[derive(Clone, Debug)]
pub(super) enum Code {
    Text(Placed),
    /// Not in the file: why, as the end of a sentence, and what to do.
    Elsewhere {
        why: String,
        help: String,
        span: Span,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) prefix: Option<Placed>,
    pub(super) source: Option<Source>,
    /// ARN of a Lambda function that sees the records first.
    pub(super) processor: Option<Placed>,
    /// In-application streams that the input is spread over.
    pub(super) parallelism: Option<Placed>,
    pub(super) schema: Option<Schema>,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) is_firehose: bool,
    pub(super) arn: Placed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordFormat {
    Json,
    Csv,
}

#[derive(Clone, Debug)]
pub(super) struct Schema {
    pub(super) format: RecordFormat,
    pub(super) row_path: Option<Placed>,
    pub(super) delimiter: Option<Placed>,
    pub(super) row_delimiter: Option<Placed>,
    pub(super) columns: Vec<Column>,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: Placed,
    pub(super) data_type: Text,
    pub(super) path: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TargetKind {
    Stream,
    Firehose,
    Lambda,
}

#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) name: Placed,
    /// ARN of what the rows went to.
    pub(super) target: Option<(TargetKind, Placed)>,
    pub(super) format: RecordFormat,
}

#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) table: Placed,
    /// ARN of the bucket.
    pub(super) bucket: Option<Text>,
    pub(super) key: Option<Text>,
    pub(super) schema: Option<Schema>,
}

const NAME: &[&str] = &["ApplicationName", "name"];
const DESCRIPTION: &[&str] = &["ApplicationDescription", "description"];
const RUNTIME: &[&str] = &["RuntimeEnvironment", "runtime_environment"];
const CODE: &[&str] = &["ApplicationCode", "code"];
const CONFIGURATION: &[&str] =
    &["ApplicationConfiguration", "ApplicationConfigurationDescription", "application_configuration"];
const SQL_CONFIGURATION: &[&str] = &[
    "SqlApplicationConfiguration",
    "SqlApplicationConfigurationDescription",
    "sql_application_configuration",
];
const CODE_CONFIGURATION: &[&str] = &[
    "ApplicationCodeConfiguration",
    "ApplicationCodeConfigurationDescription",
    "application_code_configuration",
];
const CODE_CONTENT: &[&str] = &["CodeContent", "CodeContentDescription", "code_content"];
const TEXT_CONTENT: &[&str] = &["TextContent", "text_content"];
const CODE_IN_S3: &[&str] =
    &["S3ContentLocation", "S3ApplicationCodeLocationDescription", "s3_content_location"];
const INPUTS: &[&str] = &["Inputs", "InputDescriptions", "inputs", "input"];
const OUTPUTS: &[&str] = &["Outputs", "OutputDescriptions", "outputs", "output"];
const REFERENCES: &[&str] = &[
    "ReferenceDataSources",
    "ReferenceDataSourceDescriptions",
    "reference_data_sources",
    "reference_data_source",
];
const PREFIX: &[&str] = &["NamePrefix", "name_prefix"];
const PARALLELISM: &[&str] = &["InputParallelism", "input_parallelism", "parallelism"];
const COUNT: &[&str] = &["Count", "count"];
const PROCESSING: &[&str] = &[
    "InputProcessingConfiguration",
    "InputProcessingConfigurationDescription",
    "input_processing_configuration",
    "processing_configuration",
];
const PROCESSOR: &[&str] =
    &["InputLambdaProcessor", "InputLambdaProcessorDescription", "input_lambda_processor", "lambda"];
const STREAM_INPUT: &[&str] =
    &["KinesisStreamsInput", "KinesisStreamsInputDescription", "kinesis_streams_input", "kinesis_stream"];
const FIREHOSE_INPUT: &[&str] = &[
    "KinesisFirehoseInput",
    "KinesisFirehoseInputDescription",
    "kinesis_firehose_input",
    "kinesis_firehose",
];
const ARN: &[&str] = &["ResourceARN", "resource_arn"];
const SCHEMA: &[&str] = &["InputSchema", "ReferenceSchema", "input_schema", "reference_schema", "schema"];
const FORMAT: &[&str] = &["RecordFormat", "record_format"];
const FORMAT_TYPE: &[&str] = &["RecordFormatType", "record_format_type"];
const MAPPING_PARAMETERS: &[&str] = &["MappingParameters", "mapping_parameters"];
const JSON_PARAMETERS: &[&str] = &["JSONMappingParameters", "json_mapping_parameters", "json"];
const CSV_PARAMETERS: &[&str] = &["CSVMappingParameters", "csv_mapping_parameters", "csv"];
const ROW_PATH: &[&str] = &["RecordRowPath", "record_row_path"];
const DELIMITER: &[&str] = &["RecordColumnDelimiter", "record_column_delimiter"];
const ROW_DELIMITER: &[&str] = &["RecordRowDelimiter", "record_row_delimiter"];
const COLUMNS: &[&str] = &["RecordColumns", "record_columns", "record_column"];
const COLUMN_NAME: &[&str] = &["Name", "name"];
const COLUMN_TYPE: &[&str] = &["SqlType", "sql_type"];
const COLUMN_MAPPING: &[&str] = &["Mapping", "mapping"];
const STREAM_OUTPUT: &[&str] =
    &["KinesisStreamsOutput", "KinesisStreamsOutputDescription", "kinesis_streams_output", "kinesis_stream"];
const FIREHOSE_OUTPUT: &[&str] = &[
    "KinesisFirehoseOutput",
    "KinesisFirehoseOutputDescription",
    "kinesis_firehose_output",
    "kinesis_firehose",
];
const LAMBDA_OUTPUT: &[&str] = &["LambdaOutput", "LambdaOutputDescription", "lambda_output", "lambda"];
const DESTINATION_SCHEMA: &[&str] = &["DestinationSchema", "destination_schema", "schema"];
const TABLE: &[&str] = &["TableName", "table_name"];
const S3_REFERENCE: &[&str] =
    &["S3ReferenceDataSource", "S3ReferenceDataSourceDescription", "s3_reference_data_source", "s3"];
const BUCKET: &[&str] = &["BucketARN", "bucket_arn"];
const KEY: &[&str] = &["FileKey", "file_key"];

/// The runtime environment of an application that is no SQL; the second version of the service has both kinds.
pub(super) fn other_runtime(value: &Value) -> Option<String> {
    let runtime = value.text_at(RUNTIME)?.text.written();
    (!runtime.to_ascii_uppercase().starts_with("SQL")).then_some(runtime)
}

/// Whether a value has what an application has.
pub(super) fn is_application(value: &Value) -> bool {
    [CODE, CONFIGURATION, &["InputDescriptions"], &["Inputs"]].iter().any(|keys| value.get(keys).is_some())
}

impl Application {
    /// The application that a value describes; `resource` is its name in the file, if it has one there.
    pub(super) fn read(value: &Value, resource: Option<&str>) -> Self {
        let configuration = value.get(CONFIGURATION);
        let sql = configuration.and_then(|value| value.get(SQL_CONFIGURATION)).unwrap_or(value);
        let name = value.text_at(NAME).and_then(|name| Some(name.text.as_known()?.to_owned()));
        let inputs = sql.get(INPUTS).map(Value::items).unwrap_or_default();
        Self {
            name: name.or(resource.map(str::to_owned)).unwrap_or_else(|| "application".into()),
            span: value.span,
            description: value.text_at(DESCRIPTION).map(|placed| placed.text),
            code: code(value, configuration),
            input: inputs.first().map(input),
            other_inputs: inputs.iter().skip(1).map(|input| input.span).collect(),
            outputs: list(sql, OUTPUTS, output),
            references: list(sql, REFERENCES, reference),
        }
    }

    pub(super) fn add_output(&mut self, value: &Value) {
        self.outputs.extend(output(value));
    }

    pub(super) fn add_reference(&mut self, value: &Value) {
        self.references.extend(reference(value));
    }
}

fn list<T>(value: &Value, keys: &[&str], read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    value.get(keys).map(Value::items).unwrap_or_default().iter().filter_map(read).collect()
}

fn code(value: &Value, configuration: Option<&Value>) -> Code {
    let content = configuration
        .and_then(|value| value.get(CODE_CONFIGURATION))
        .and_then(|value| value.get(CODE_CONTENT));
    let text = value.text_at(CODE).or_else(|| content?.text_at(TEXT_CONTENT));
    if let Some(text) = text {
        return Code::Text(text);
    }
    if let Some(location) = content.and_then(|value| value.get(CODE_IN_S3)) {
        let part = |keys| location.text_at(keys).map(|placed| placed.text.written()).unwrap_or_default();
        let (bucket, key) = (part(BUCKET), part(KEY));
        let object = format!("s3://{}/{key}", bucket_name(&bucket));
        return Code::Elsewhere {
            why: format!("it is the object {object}"),
            help: format!("fetch it, as with `aws s3 cp {object} -`, and put it into"),
            span: location.span,
        };
    }
    Code::Elsewhere {
        why: "the application has none there".into(),
        help: "put the application's SQL into".into(),
        span: value.span,
    }
}

/// The name in a bucket's ARN.
pub(super) fn bucket_name(arn: &str) -> &str {
    arn.rsplit(":::").next().unwrap_or(arn)
}

fn input(value: &Value) -> Input {
    let source = |keys, is_firehose| {
        let arn = value.get(keys)?.text_at(ARN)?;
        Some(Source { is_firehose, arn })
    };
    Input {
        prefix: value.text_at(PREFIX),
        source: source(STREAM_INPUT, false).or_else(|| source(FIREHOSE_INPUT, true)),
        processor: value
            .get(PROCESSING)
            .and_then(|processing| processing.get(PROCESSOR))
            .and_then(|processor| processor.text_at(ARN)),
        parallelism: value.get(PARALLELISM).and_then(|parallelism| parallelism.text_at(COUNT)),
        schema: value.get(SCHEMA).map(schema),
        span: value.span,
    }
}

fn schema(value: &Value) -> Schema {
    let format = value.get(FORMAT);
    let parameters = format.and_then(|format| format.get(MAPPING_PARAMETERS));
    let csv = parameters.and_then(|parameters| parameters.get(CSV_PARAMETERS));
    let json = parameters.and_then(|parameters| parameters.get(JSON_PARAMETERS));
    // The first version of Terraform's resource has no type in addition to the parameters.
    let is_csv = format.and_then(is_csv).unwrap_or(csv.is_some());
    let is_known = |value: &Value| !matches!(value.kind, Kind::Absent);
    Schema {
        format: if is_csv { RecordFormat::Csv } else { RecordFormat::Json },
        row_path: json.and_then(|json| json.text_at(ROW_PATH)),
        delimiter: csv.and_then(|csv| csv.text_at(DELIMITER)),
        row_delimiter: csv.and_then(|csv| csv.text_at(ROW_DELIMITER)),
        columns: value
            .get(COLUMNS)
            .filter(|columns| is_known(columns))
            .map(Value::items)
            .unwrap_or_default()
            .iter()
            .filter_map(column)
            .collect(),
        span: value.span,
    }
}

fn is_csv(format: &Value) -> Option<bool> {
    let format = format.text_at(FORMAT_TYPE)?;
    Some(format.text.as_known()?.eq_ignore_ascii_case("csv"))
}

fn column(value: &Value) -> Option<Column> {
    Some(Column {
        name: value.text_at(COLUMN_NAME)?,
        data_type: value.text_at(COLUMN_TYPE).map(|placed| placed.text).unwrap_or_default(),
        path: value.text_at(COLUMN_MAPPING).map(|placed| placed.text),
    })
}

fn output(value: &Value) -> Option<Output> {
    let target = |keys, kind| Some((kind, value.get(keys)?.text_at(ARN)?));
    let is_csv = value.get(DESTINATION_SCHEMA).and_then(is_csv).unwrap_or_default();
    Some(Output {
        name: value.text_at(COLUMN_NAME)?,
        target: target(FIREHOSE_OUTPUT, TargetKind::Firehose)
            .or_else(|| target(STREAM_OUTPUT, TargetKind::Stream))
            .or_else(|| target(LAMBDA_OUTPUT, TargetKind::Lambda)),
        format: if is_csv { RecordFormat::Csv } else { RecordFormat::Json },
    })
}

fn reference(value: &Value) -> Option<Reference> {
    let object = value.get(S3_REFERENCE);
    let part = |keys| Some(object?.text_at(keys)?.text);
    Some(Reference {
        table: value.text_at(TABLE)?,
        bucket: part(BUCKET),
        key: part(KEY),
        schema: value.get(SCHEMA).map(schema),
    })
}
