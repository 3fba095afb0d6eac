//! Names that SQL, Flink or pipec has a use for.

/// Columns of the input beside those of `random`, with names that Flink or pipec has a use for; `␣` is a blank.
pub(super) const ODD_COLUMNS: &str = "\
a␣b               INTEGER      $['a␣b']
x.y               VARCHAR(8)   $.odd['x.y']
`tick`            DOUBLE       $.odd['`tick`']
größe             DECIMAL(6,1) $.größe
select            VARCHAR(12)  $.select
window_start      TIMESTAMP    $.window_start
window_end        INTEGER      $.window_end
window_time       VARCHAR(3)   $.window_time
pipec_rowtime_    BIGINT       $.row_time
pipec_event_time  VARCHAR(30)  $.event_time
";

/// Names of values: SQL's words, Flink's own names, pipec's, and characters of all kinds.
pub(super) const NAMES: &[&str] = &[
    "n",
    "N",
    "x",
    "key",
    "value",
    "order",
    "group",
    "user",
    "timestamp",
    "date",
    "time",
    "interval",
    "a b",
    "x.y",
    "`",
    "a`b",
    "é",
    "größe",
    "名前",
    "window_start",
    "window_end",
    "window_time",
    "pipec_rowtime",
    "pipec_rowtime_",
    "pipec_event_time",
    "record",
    "element",
    "proctime",
    "rowtime",
    "$f0",
    "EXPR$0",
    "f0",
    "_",
    "1",
    "'",
    "a,b",
    "(",
    "%s",
    "{}",
    "$",
    "\\",
    "--",
    "/*",
    "DEFAULT",
    "NULL",
    "TRUE",
    "row_number",
    "rank",
    "current_timestamp",
    "😀",
];

/// Names of outputs, which AWS resources are named after, and of streams that are read.
pub(super) const STREAMS: &[&str] = &[
    "OUTPUT",
    "SELECT",
    "Order",
    "a",
    "A",
    "b",
    "window_start",
    "pipec_rowtime",
    "record",
    "element",
    "c_1",
    "Table",
    "DESTINATION_SQL_STREAM",
    "values",
    "user",
    "time",
];
