//! The registry of codes. A code never changes its meaning; a retired one is never used again: 0406.
//!
//! `01` the file and its structure · `02` stream · `03` producer · `04` records and analytics · `05` transform ·
//! `06` delivery · `07` SQL · `08` names, tags, account · `09` faults of pipec itself · `10` advice of the plan ·
//! `11` deployment · `12` import

use std::fmt;

macro_rules! codes {
    ($($number:literal $name:ident $title:literal)*) => {
        /// Which rule a diagnostic comes from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The four digits behind `PIPE`.
            pub fn number(self) -> &'static str {
                match self { $(Code::$name => $number,)* }
            }

            /// The rule in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// The explain page, Markdown.
            pub fn page(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("../../explain/PIPE", $number, ".md")),)* }
            }
        }
    };
}

codes! {
    "0101" UnreadableFile "A file cannot be read"
    "0102" NotUtf8 "A file is not UTF-8 text"
    "0103" FileTooLarge "A file is too large to be a spec"
    "0104" EmptyFile "The spec is empty"
    "0105" YamlSyntax "The spec is not valid YAML"
    "0106" TabIndentation "YAML is indented with a tab"
    "0107" DuplicateKey "A key is given twice"
    "0108" TooComplex "The spec is nested too deeply or its aliases expand too far"
    "0109" ControlCharacter "A value holds a control character"
    "0110" UnknownKey "A key is not known here"
    "0111" MissingKey "A required key is missing"
    "0112" WrongType "A value has the wrong type"
    "0113" UnknownValue "A value is not one of the allowed ones"
    "0114" MissingUnit "A quantity has no unit"
    "0115" InvalidQuantity "A quantity cannot be read"
    "0116" InvalidFormat "A value does not have the required form"
    "0117" OutOfRange "A value is out of its range"
    "0118" ConflictingKeys "Two keys exclude each other"
    "0119" UnsupportedTag "A YAML tag has no meaning in a spec"
    "0120" UnknownEnvironment "The spec has no such environment"

    "0201" ZeroShards "A stream needs at least one shard"
    "0202" TooFewShards "The fixed shards cannot carry the declared load"
    "0203" ShardsWithOnDemand "A shard count excludes on-demand capacity"
    "0204" ShardQuota "The declared load needs more shards than an account has by default"
    "0205" RecordOverStreamLimit "The average record is larger than the stream takes"
    "0206" RetentionRange "The retention is outside of what Kinesis allows"
    "0207" RecordSizeRange "The largest record size is outside of what Kinesis allows"
    "0208" OnDemandCeiling "The declared load is over the ceiling of on-demand capacity"
    "0209" OnDemandStart "A new on-demand stream starts below the declared load"
    "0210" LargeRecords "Records over 1,000 KiB do not pass Firehose"
    "0211" PartitionKeySize "A partition key has 1 to 256 characters"
    "0212" ResultsOverShards "The output stream needs more shards than an account has by default"

    "0301" UnknownInstanceType "The instance type is not known"
    "0302" InstanceNetwork "The instances' baseline network cannot carry the rate"
    "0303" ProducerArchitecture "There is no producer for the instance's processor"
    "0304" UserDataTooLarge "The user data would be over 16 KB"
    "0305" ConstantPartitionKey "A constant partition key sends every record to one shard"
    "0306" InvalidUrl "The URL cannot be fetched"
    "0307" SecretInSpec "A secret does not belong in a spec"
    "0308" ProducerRate "The producer sends more than the stream is declared to take"
    "0309" PlainHttp "The source is read without encryption"
    "0310" SubnetCount "An Auto Scaling group should span two subnets"
    "0311" RecordsFile "The file of records cannot be sent"
    "0312" GeneratedRecords "Records cannot be made up from these columns"
    "0313" SharedFile "Every instance would send the whole file"

    "0401" RecordsMissing "SQL needs to know the columns of a record"
    "0402" InvalidPath "A path into a record cannot be read"
    "0403" UnknownFlinkRuntime "The Flink runtime is not known"
    "0404" SqlRuntimeRemoved "Kinesis Data Analytics for SQL does not exist any more"
    "0405" FlinkRuntimeUnsupported "Managed Flink does not run this version any more"
    "0407" FlinkCapacity "The parallelism needs more capacity than an application can have"
    "0408" InvalidColumnType "A column's type cannot be read"
    "0409" RecordsUnused "The columns are declared, but nothing reads them"
    "0410" FlinkRuntimeOld "There is a newer Flink runtime"
    "0411" ReferenceTable "A reference table cannot be used"
    "0412" EventTime "The column of the event time cannot be used"
    "0415" UnknownOutput "The SQL has no output of this name"
    "0416" DeliveredOutput "Firehose takes exactly one output of the SQL"
    "0417" QueryNeedsFlink "This query cannot run in the Lambda"
    "0418" FunctionRegion "A stream calls functions of its own region"
    "0419" TimeEncoding "A time's encoding does not fit its column"
    "0420" OrderAcrossShards "A query goes by the order of records of several shards"
    "0421" ShardsOfOneSubtask "A subtask reads several shards by their event time"
    "0422" HopelessSearch "A regular expression can take hours for one record"
    "0423" LongSearch "A long text is not searched"
    "0424" StateTtl "A time-to-live ends no state"
    "0425" TooLittleParallelism "The parallelism is too low for the load"
    "0426" HeldBackOperator "A part of the query runs in fewer subtasks than its work takes"

    "0501" TransformTimeout "Firehose waits five minutes for a transform"
    "0502" TransformBufferSize "The transform's buffer is out of range"
    "0503" TransformArchitecture "There is no transform for this processor"
    "0504" TransformMemory "The transform's memory is out of range"
    "0505" TransformRetries "The transform's retries are out of range"
    "0506" TransformBufferInterval "The transform's buffer interval is out of range"
    "0507" TransformReply "The transform's reply would be larger than Lambda carries"
    "0508" RowsNotParted "The rows of one record would stick together"

    "0601" BufferSize "The delivery buffer's size is out of range"
    "0602" BufferInterval "The delivery buffer's interval is out of range"
    "0603" BufferIncomplete "Firehose takes both buffering hints or none"
    "0604" RecordOverFirehoseLimit "The average record is larger than Firehose takes"
    "0605" PrefixExpression "A prefix expression cannot be read"
    "0606" ErrorPrefixMissing "A prefix with an expression needs an error prefix"
    "0607" ErrorPrefixType "An error prefix with an expression must name the error's type"
    "0608" PrefixNamespace "An expression is not allowed in this prefix"
    "0609" PrefixLength "A prefix is too long"
    "0610" PrefixSlash "A prefix does not end in a slash"
    "0611" TimeZone "Firehose does not take this time zone"
    "0612" FileExtension "Firehose does not take this file extension"
    "0613" BucketName "The bucket name is not one that S3 allows"
    "0614" TimestampPattern "A timestamp pattern probably means something else"

    "0701" SqlSyntax "The SQL cannot be parsed"
    "0702" UnknownColumn "A column is not known"
    "0703" UnknownTable "A stream is not known"
    "0704" TypeMismatch "Types do not fit"
    "0705" UnsupportedSql "This SQL is not translated"
    "0706" UnknownFunction "A function is not known"
    "0707" OutputColumns "A query's columns do not fit its output stream"
    "0708" NoOutput "The SQL writes to no output"
    "0709" LossyCast "A value may be cut or rounded"
    "0710" DuplicateName "A name is defined twice in the SQL"
    "0711" MissingWindow "The SQL would have to remember rows for ever"
    "0712" ApproximateSql "A result is close to the old service's, and not the same"
    "0713" AmbiguousName "A name could mean several columns"
    "0718" LargeRow "A row may be larger than the output takes"
    "0721" ForestArguments "A random cut forest cannot be made of this"
    "0722" ForestRate "A random cut forest carries fewer rows than come"
    "0723" NewerFunction "A function is not in this version of Flink"

    "0801" InvalidName "The pipeline's name cannot name its resources"
    "0802" InvalidTag "A tag is not one that AWS takes"
    "0803" KmsKeyArn "A customer key is given by its ARN"
    "0804" UnknownRegion "The region is not known"
    "0805" LogRetention "CloudWatch Logs does not offer this retention"
    "0806" DuplicatePipeline "Two specs have the same name"
    "0807" DescriptionLength "The description is too long"
    "0808" EnvironmentName "An environment's name cannot stand in its pipeline's name"

    "0901" InternalFault "internal error: the generated template failed verification"

    "1001" PackRecords "Packing records would save money"
    "1002" StatelessOnFlink "This query needs no Flink"
    "1003" RowsPerRecord "The number of rows per record is not known"
    "1005" StateKeys "How many keys Flink remembers is not known"
    "1006" KeysUnknown "The number of keys decides how many KPUs there are"

    "1101" Credentials "AWS does not take the credentials"
    "1102" MissingPermission "A permission is missing"
    "1103" OtherRegion "The spec is for another region"
    "1104" ForeignStack "A stack of this name is not this pipeline's"
    "1105" DataAtStake "Data would be lost or left behind"
    "1106" ResourceFailed "A resource could not be created, changed or deleted"
    "1107" ChangeSetRefused "CloudFormation refuses the change"
    "1108" StackStuck "An update failed, and so did its rollback"
    "1109" StackWrecked "Resources of a failed operation are left"
    "1110" AwsRefused "AWS refuses a call"
    "1111" AwsUnreachable "AWS does not answer"
    "1112" ArtifactBucket "The bucket for the artifacts cannot be used"
    "1113" NotDeployed "The pipeline is not deployed"
    "1114" Unconfirmed "Nobody is there to confirm"
    "1115" ArtifactMissing "An artifact cannot be made"

    "1201" NoApplication "The file describes no application of the old service"
    "1202" ImportSyntax "The file is not valid JSON, YAML or Terraform"
    "1203" CodeElsewhere "A part that a pipeline needs is not in the file"
    "1204" ImportedValueUnknown "A value is not in the file"
    "1205" NotCarriedOver "A part of the application has no place in a pipeline"
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "PIPE{}", self.number())
    }
}

impl Code {
    /// Finds a code by its name in any spelling that a user would type: `PIPE0601`, `pipe0601`, `0601`, `601`.
    pub fn find(name: &str) -> Option<Self> {
        let digits = name.trim().to_ascii_uppercase();
        let digits = digits.strip_prefix("PIPE").unwrap_or(&digits);
        let digits = format!("{digits:0>4}");
        Self::ALL.iter().copied().find(|code| code.number() == digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_ordered_and_found_by_any_spelling() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
        for name in ["PIPE0601", "pipe0601", "0601", "601"] {
            assert_eq!(Code::find(name), Some(Code::BufferSize));
        }
        assert_eq!(Code::find("nonsense"), None);
    }
}
