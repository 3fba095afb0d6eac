-- Outputs whose columns are called as Flink calls some of its own, and may be too long for the sink.
SELECT "v" AS "window_start", "w" AS "pipec_rowtime", "v" || "w" AS "window_time_" FROM stream;
