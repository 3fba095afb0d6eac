-- Unquoted names fold to upper case, quoted ones stay, also those that Flink has a meaning for.
CREATE OR REPLACE STREAM inner_one ("window_start" INTEGER, "window_end" INTEGER, lower_case VARCHAR(4), "pipec_rowtime" INTEGER);
CREATE OR REPLACE PUMP p AS INSERT INTO inner_one SELECT STREAM "window_start", "select", "first", "Über" FROM SOURCE_SQL_STREAM_001;
CREATE OR REPLACE STREAM out_one ("window_start" INTEGER, "Group" INTEGER, first VARCHAR(4), "it's" INTEGER);
CREATE OR REPLACE PUMP q AS INSERT INTO out_one
SELECT STREAM SUM("window_start"), MAX("window_end"), LOWER_CASE, MIN("pipec_rowtime") FROM inner_one GROUP BY lower_case, STEP(inner_one.ROWTIME BY INTERVAL '1' DAY);
