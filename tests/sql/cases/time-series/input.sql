-- Groups by the minute of the record, closed by the clock: a late record makes a row of its own in the next window.
CREATE OR REPLACE STREAM "CALC_COUNT" (ts TIMESTAMP, ticker VARCHAR(4), n INTEGER);
CREATE OR REPLACE PUMP "P" AS INSERT INTO "CALC_COUNT"
SELECT STREAM STEP(ts BY INTERVAL '60' SECOND) AS ts, ticker, COUNT(*) AS n
FROM "SOURCE_SQL_STREAM_001"
GROUP BY ticker, STEP("SOURCE_SQL_STREAM_001".ROWTIME BY INTERVAL '60' SECOND), STEP(ts BY INTERVAL '60' SECOND);
