-- Windows of the time in the record. A record may come five seconds after the newest one; what is older belongs to no
-- window any more, and neither does a record without a time.
CREATE OR REPLACE STREAM minutes (machine VARCHAR(4), since TIMESTAMP, until TIMESTAMP, n INTEGER, hottest DOUBLE);
CREATE OR REPLACE PUMP p AS INSERT INTO minutes
SELECT STREAM machine, STEP(ts BY INTERVAL '10' SECOND), STEP(ts BY INTERVAL '10' SECOND) + INTERVAL '10' SECOND, COUNT(*), MAX(heat)
FROM SOURCE_SQL_STREAM_001 GROUP BY machine, STEP(ts BY INTERVAL '10' SECOND);
CREATE OR REPLACE STREAM raw (machine VARCHAR(4), ts TIMESTAMP);
CREATE OR REPLACE PUMP q AS INSERT INTO raw SELECT STREAM machine, ts FROM SOURCE_SQL_STREAM_001 WHERE heat IS NULL;
