-- By ROWTIME a session, which ends when a ticker has been silent for the whole range.
CREATE OR REPLACE STREAM counts (ticker VARCHAR(4), n INTEGER);
CREATE OR REPLACE PUMP p AS INSERT INTO counts
SELECT STREAM ticker, COUNT(*) AS n FROM SOURCE_SQL_STREAM_001
WINDOWED BY STAGGER (PARTITION BY ticker RANGE INTERVAL '1' MINUTE);
