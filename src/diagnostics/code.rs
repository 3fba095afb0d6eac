//! The registry of codes. A code never changes its meaning; a retired one is never used again: 0406.
//!
//! `01` the file and its structure · `02` stream · `03` producer · `04` records and analytics · `05` transform ·
//! `06` delivery · `07` SQL · `08` names, tags, account · `09` faults of pipec itself · `10` advice of the plan ·
//! `11` deployment · `12` import · `13` alarms and dashboard · `14` sources ·
//! `15` shapes · `16` consumers and own functions · `17` destinations

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
    "0107" DuplicateKey "A key appears twice"
    "0108" TooComplex "The spec is nested too deeply or its aliases expand too far"
    "0109" ControlCharacter "A value contains a control character"
    "0110" UnknownKey "The spec has no such key"
    "0111" MissingKey "A required key is missing"
    "0112" WrongType "A value has the wrong type"
    "0113" UnknownValue "A value is not one of the allowed values"
    "0114" MissingUnit "A quantity has no unit"
    "0115" InvalidQuantity "A quantity cannot be parsed"
    "0116" InvalidFormat "A value does not have the required format"
    "0117" OutOfRange "A value is out of range"
    "0118" ConflictingKeys "Two keys exclude each other"
    "0119" UnsupportedTag "A spec cannot use YAML tags"
    "0120" UnknownEnvironment "The spec has no such environment"
    "0121" AcceptedCode "An entry of `accept` has no effect"
    "0122" AcceptedAbsent "An accepted finding does not occur"
    "0123" AcceptedUntil "The acceptance of a finding has expired"
    "0124" NotInPipec "pipec does not support this"
    "0125" MergeKey "A spec cannot use YAML merge keys"

    "0201" ZeroShards "A stream needs at least one shard"
    "0202" TooFewShards "The fixed shards cannot carry the declared load"
    "0203" ShardsWithOnDemand "An on-demand stream has no shard count"
    "0204" ShardQuota "The declared load needs more shards than an account has by default"
    "0205" RecordOverStreamLimit "The average record is larger than the stream accepts"
    "0206" RetentionRange "The retention period is outside the range that Kinesis allows"
    "0207" RecordSizeRange "The maximum record size is outside the range that Kinesis allows"
    "0208" OnDemandCeiling "The declared load exceeds the limit of on-demand capacity"
    "0209" OnDemandStart "A new on-demand stream starts below the declared load"
    "0210" LargeRecords "Firehose cannot deliver records larger than 1,000 KiB"
    "0211" PartitionKeySize "A partition key has 1 to 256 characters"
    "0212" ResultsOverShards "The output stream needs more shards than an account has by default"
    "0213" AverageOverPeak "The average load is above the peak"

    "0301" UnknownInstanceType "The instance type is unknown"
    "0302" InstanceNetwork "The instances' baseline network cannot carry the rate"
    "0303" ProducerArchitecture "There is no producer for the instance's architecture"
    "0304" UserDataTooLarge "The user data exceeds 16 KB"
    "0305" ConstantPartitionKey "A constant partition key sends every record to one shard"
    "0306" InvalidUrl "The URL cannot be fetched"
    "0307" SecretInSpec "The spec contains a secret"
    "0308" ProducerRate "The producer's rate exceeds the stream's declared rate"
    "0309" PlainHttp "The source is read without encryption"
    "0310" SubnetCount "An Auto Scaling group should span two subnets"
    "0311" RecordsFile "The producer's file cannot be sent"
    "0312" GeneratedRecords "Records cannot be generated from these columns"
    "0313" SharedFile "Every instance would send the whole file"
    "0314" InstanceTypeRegion "The region does not offer the instance type"

    "0401" RecordsMissing "SQL needs the columns of the records"
    "0402" InvalidPath "A record path cannot be parsed"
    "0403" UnknownFlinkRuntime "The Flink runtime is unknown"
    "0404" SqlRuntimeRemoved "Kinesis Data Analytics for SQL has been discontinued"
    "0405" FlinkRuntimeUnsupported "Managed Flink no longer supports this version"
    "0407" FlinkCapacity "The parallelism needs more KPUs than an application can have"
    "0408" InvalidColumnType "A column's type cannot be parsed"
    "0409" RecordsUnused "The columns are declared, but nothing reads them"
    "0410" FlinkRuntimeOld "A newer Flink runtime is available"
    "0411" ReferenceTable "A reference table cannot be used"
    "0412" EventTime "The event-time column cannot be used"
    "0415" UnknownOutput "The SQL has no output with this name"
    "0416" DeliveredOutput "Firehose reads exactly one output of the SQL"
    "0417" QueryNeedsFlink "This query cannot run in Lambda"
    "0418" FunctionRegion "A stream calls functions of its own region"
    "0419" TimeEncoding "A column's time encoding does not fit its type"
    "0420" OrderAcrossShards "The query depends on record order across shards"
    "0421" ShardsOfOneSubtask "One subtask reads several shards by event time"
    "0422" HopelessSearch "A regular expression can take hours on one record"
    "0423" LongSearch "Long strings are not searched"
    "0424" StateTtl "The state time-to-live has no effect"
    "0425" TooLittleParallelism "The parallelism is too low for the load"
    "0426" HeldBackOperator "An operator has too few keys for its load"

    "0501" TransformTimeout "The transform's timeout is out of range"
    "0502" TransformBufferSize "The transform's buffer size is out of range"
    "0503" TransformArchitecture "There is no transform for this architecture"
    "0504" TransformMemory "The transform's memory is out of range"
    "0505" TransformRetries "The transform's retries are out of range"
    "0506" TransformBufferInterval "The transform's buffer interval is out of range"
    "0507" TransformReply "The transform's response would exceed Lambda's limit"
    "0508" RowsNotParted "The rows of one record would be concatenated without a delimiter"

    "0601" BufferSize "The delivery buffer's size is out of range"
    "0602" BufferInterval "The delivery buffer's interval is out of range"
    "0603" BufferIncomplete "Firehose requires both buffering hints or neither"
    "0604" RecordOverFirehoseLimit "The average record is larger than Firehose accepts"
    "0605" PrefixExpression "A prefix expression cannot be parsed"
    "0606" ErrorPrefixMissing "A prefix with an expression needs an error prefix"
    "0607" ErrorPrefixType "An error prefix with an expression must contain the error type"
    "0608" PrefixNamespace "An expression is not allowed in this prefix"
    "0609" PrefixLength "A prefix is too long"
    "0610" PrefixSlash "A prefix does not end in a slash"
    "0611" TimeZone "Firehose does not accept this time zone"
    "0612" FileExtension "Firehose does not accept this file extension"
    "0613" BucketName "The bucket name is not one that S3 allows"
    "0614" TimestampPattern "A timestamp pattern is probably a mistake"
    "0615" PrefixPath "A prefix is not a plain path of folders"
    "0616" PrefixPlaceholder "A prefix contains an expression that is not evaluated"
    "0617" ErrorsAmongData "Failed records are written under the prefix of the data"
    "0618" ExtensionMismatch "The file extension does not fit the compression"
    "0619" NoSeparator "Records are written without a separator"

    "0701" SqlSyntax "The SQL cannot be parsed"
    "0702" UnknownColumn "The SQL uses an unknown column"
    "0703" UnknownTable "The SQL uses an unknown stream"
    "0704" TypeMismatch "Types do not match"
    "0705" UnsupportedSql "This SQL is not supported"
    "0706" UnknownFunction "The SQL calls an unknown function"
    "0707" OutputColumns "A query's columns do not match its output stream"
    "0708" NoOutput "The SQL writes to no output"
    "0709" LossyCast "A value may be truncated or rounded"
    "0710" DuplicateName "A name is defined twice in the SQL"
    "0711" MissingWindow "The query's state would grow forever"
    "0712" ApproximateSql "A result only approximates that of Kinesis Data Analytics"
    "0713" AmbiguousName "A column name is ambiguous"
    "0718" LargeRow "A row may be too large for the output"
    "0721" ForestArguments "The arguments of a random cut forest are invalid"
    "0722" ForestRate "A random cut forest cannot keep up with the declared load"
    "0723" NewerFunction "A function is not available in this Flink version"
    "0724" WindowKeys "The number of rows depends on an unknown number of keys"

    "0801" InvalidName "The pipeline's name cannot be used in resource names"
    "0802" InvalidTag "AWS does not accept this tag"
    "0803" KmsKeyArn "A customer managed key must be given by its ARN"
    "0804" UnknownRegion "The region is unknown"
    "0805" LogRetention "CloudWatch Logs does not offer this retention"
    "0806" DuplicatePipeline "Two specs have the same name"
    "0807" DescriptionLength "The description is too long"
    "0808" EnvironmentName "An environment's name cannot be part of a pipeline's name"
    "0811" RoleBoundary "A permissions boundary must be given by its ARN"
    "0812" RolePath "IAM does not accept this path of roles"
    "0813" ExistingResource "A resource that the spec names cannot be used"

    "0901" InternalFault "Internal error: the generated template failed verification"

    "1001" PackRecords "Packing records would reduce the cost"
    "1002" StatelessOnFlink "This query needs no Flink"
    "1003" RowsPerRecord "The number of rows per record is unknown"
    "1005" StateKeys "The number of keys in Flink's state is unknown"
    "1006" KeysUnknown "The number of KPUs depends on an unknown number of keys"

    "1101" Credentials "AWS rejects the credentials"
    "1102" MissingPermission "A permission is missing"
    "1103" OtherRegion "The spec is for another region"
    "1104" ForeignStack "A stack of this name does not belong to this pipeline"
    "1105" DataAtStake "Data would be lost or orphaned"
    "1106" ResourceFailed "A resource could not be created, changed or deleted"
    "1107" ChangeSetRefused "CloudFormation rejects the change"
    "1108" StackStuck "An update failed, and so did its rollback"
    "1109" StackWrecked "Resources of a failed operation remain"
    "1110" AwsRefused "AWS rejects a call"
    "1111" AwsUnreachable "AWS cannot be reached"
    "1112" ArtifactBucket "The artifact bucket cannot be used"
    "1113" NotDeployed "The pipeline is not deployed"
    "1114" Unconfirmed "The command needs confirmation"
    "1115" ArtifactMissing "An artifact is not available"

    "1201" NoApplication "The file does not describe a Kinesis Data Analytics application"
    "1202" ImportSyntax "The file is not valid JSON, YAML or Terraform"
    "1203" CodeElsewhere "A required part is not in the file"
    "1204" ImportedValueUnknown "A value is not in the file"
    "1205" NotCarriedOver "A part of the application has no counterpart in a pipeline"

    "1301" Unwatched "Nothing watches the pipeline"
    "1302" TopicArn "Alarms are sent to an SNS topic by its ARN"
    "1303" TopicRegion "Alarms cannot be sent to another region"
    "1304" EmailAddress "An e-mail address cannot be subscribed"
    "1305" AlarmThreshold "An alarm's threshold is out of range"
    "1306" AlarmUnused "A setting of alarms has no effect"

    "1401" PartName "The name of a source, consumer or delivery is invalid"
    "1402" SourceTarget "A source cannot write to this target"
    "1403" SourceRegion "A source is in another region"
    "1404" SourceArn "A source's resource must be given by its ARN"
    "1405" SourcePath "A path into an event cannot be parsed"
    "1406" EventPattern "EventBridge does not accept this rule"

    "1411" PackedRecords "Records of CloudWatch Logs are delivered as gzip"
    "1412" PackedForFlink "Flink cannot read the records of CloudWatch Logs"
    "1413" LogGroupName "A log group cannot be subscribed to"
    "1414" LogLoop "A log group would feed itself"
    "1415" FilterPattern "CloudWatch Logs rejects this filter, or interprets it differently"
    "1416" AccountId "An account must be given by its 12-digit ID"
    "1417" UnpackConflict "Records cannot be unpacked with this setting"
    "1418" UnpackBuffer "Unpacked records may exceed Lambda's response limit"
    "1419" BlankLines "Records that end with a newline get a second one"
    "1420" Sampling "The sampling rate is out of range"
    "1421" MetricNamespace "A metric stream does not accept this namespace"
    "1422" BinaryRecords "A newline would damage binary records"
    "1423" SeveralObjects "SQL reads one object per record"
    "1424" SnsFilter "SNS does not accept this filter policy"
    "1425" FifoTopic "A FIFO topic delivers only to queues"
    "1426" WebAclLog "The log of a web ACL cannot be written with this configuration"
    "1427" LogField "CloudFront's real-time logs have no such field"
    "1428" LogFieldOrder "CloudFront writes fields in its own order"
    "1429" UnpackShared "Firehose accepts only log events when it unpacks them"

    "1431" SourceReadTwice "Several sources read the same resource"
    "1432" WriterRole "A writer must be given by its role's name"
    "1433" WriterAccounts "Other accounts cannot write to the stream"
    "1434" IotStatement "IoT Core does not accept this statement"
    "1435" IotKey "The partition key of an IoT source needs a substitution template"
    "1436" ApiPath "The path of an endpoint is invalid"
    "1437" ApiOrigin "A CORS origin is invalid"
    "1438" EventField "A path matches no field of an event"
    "1439" ColumnOfNone "No source has this column"
    "1440" SourceFormat "The records of a source have another format"
    "1441" MixedRecords "Text records among binary records"
    "1442" OneAccount "Resources that must be in the stack's account are in two accounts"

    "1501" NothingReads "Nothing reads the records"
    "1502" DirectPut "A key of Direct PUT is missing or misplaced"
    "1503" ExistingStream "An existing stream cannot be used with this declaration"
    "1504" NeedsStream "This part needs a stream"
    "1505" UnknownInput "A delivery reads from an unknown input"
    "1506" DirectPutQuota "The declared load exceeds the quota of Direct PUT"

    "1601" FanOutLimit "Too many consumers with enhanced fan-out"
    "1602" ConsumerFilter "Lambda rejects this filter, or it matches no record"
    "1603" ReaderAccount "Another account cannot read the stream"
    "1604" PollingReaders "The readers poll the stream more often than its shards allow"
    "1605" ConsumerTwice "Two consumers are the same reader"
    "1606" ReaderRole "A consumer's role must be given by its name"

    "1613" SharedSource "Environments read the same source, which serves one of them"

    "1621" OwnTransformKey "A key of pipec's function is set for your own function"
    "1622" OwnTransformQuery "SQL with `runtime: lambda` needs pipec's function"

    "1631" KeyWithoutStream "A partition key needs a stream"

    "1701" FormatTable "Parquet and ORC need a table"
    "1702" TableName "The Data Catalog does not accept this name"
    "1703" TableFields "The columns of a table are not known"
    "1704" TableColumn "A field cannot be a column of the table"
    "1705" ObjectCompression "This format is not compressed like this"
    "1706" TableSince "Athena needs the day of the oldest objects"
    "1707" TableFolders "Athena cannot enumerate these folders"
    "1708" TablePlace "Other objects are below the table's folder"
    "1709" TableTwice "Two deliveries create the same table"
    "1710" TableUse "A table cannot be used like this"
    "1711" PartitionName "A partition key cannot have this name"
    "1712" PartitionColumn "A partition key cannot be made of this column"
    "1713" PartitionTime "The pattern of a partition key's time"
    "1714" PartitionPrefix "The prefix and the partition keys differ"
    "1715" PartitionRecords "A record has several partitions"
    "1716" ActivePartitions "Firehose fills a limited number of partitions at a time"
    "1717" PartitionZone "The time zone of a partition key"
    "1718" BackupRecords "This destination has another backup"

    "1720" SharedTable "Environments create the same table"
    "1721" TableLines "Athena reads one JSON object per line"
    "1722" TableMessages "Firehose delivers the messages of log events alone"

    "1731" DestinationKey "A key is not for this destination"
    "1732" SecretArn "A secret is named by its full ARN"
    "1733" SecretRegion "A secret is in another region"
    "1734" RetryDuration "Firehose does not retry for this long"
    "1735" EndpointUrl "Firehose cannot send to this address"
    "1736" EndpointAttribute "An endpoint cannot be sent these attributes"
    "1737" OneRowPerRecord "A destination accepts one row per record"
    "1738" SeparatorUnwanted "A destination keeps records apart itself"
    "1739" AckTimeout "Firehose does not wait for an acknowledgement for this long"
    "1740" EventMissing "Splunk's events lack their key"

    "1761" SearchIndex "OpenSearch does not accept this name of an index"
    "1762" SearchDomain "A domain of OpenSearch is in another region"
    "1763" DestinationNetwork "The network of a destination"
    "1764" DocumentForm "The destination accepts JSON objects only"
    "1765" DocumentField "OpenSearch does not accept this field"

    "1775" RedshiftEndpoint "Firehose does not connect to this host of Redshift"
    "1776" RedshiftName "Redshift has no such name"
    "1777" CopyOption "COPY does not accept this option"
    "1778" CopyCase "COPY finds keys in lower case only"
    "1779" RedshiftColumn "A column of Redshift is not loaded"
    "1780" RedshiftAwake "A serverless workgroup is awake at each load"

    "1782" SnowflakeUrl "Firehose does not connect to this address of Snowflake"
    "1783" SnowflakeName "Snowflake has no such name"
    "1784" SnowflakeLink "The address and the private link of Snowflake differ"
    "1785" SnowflakeColumn "The columns of a record of Snowflake"

    "1790" TableBucketName "S3 Tables does not accept this name"
    "1791" IcebergOperation "Rows are updated by their keys and an operation"
    "1792" IcebergRegion "Firehose writes no Iceberg tables in this region"
    "1793" IcebergColumn "A field cannot be a column of the Iceberg table"
    "1794" IcebergRate "Direct PUT limits updates of an Iceberg table"
    "1795" IcebergLocation "The location of a table is a folder in S3"
    "1796" IcebergWriters "Two deliveries write to one Iceberg table"
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
