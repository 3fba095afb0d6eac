-- What Flink has a plan for, by the clock, only if it does not know too much: bounds of windows and constants in conditions, constants
-- that are joined or grouped by, lists of the rows of a window.
CREATE OR REPLACE STREAM minutes (k VARCHAR(8), since TIMESTAMP, until TIMESTAMP, list VARCHAR, n INTEGER, kind VARCHAR(8));
CREATE OR REPLACE PUMP a AS INSERT INTO minutes
SELECT STREAM "k", STEP(s.ROWTIME BY INTERVAL '1' MINUTE), ROWTIME, LISTAGG("k" || 'x', '; '), COUNT(*), 'minute'
FROM SOURCE_SQL_STREAM_001 AS s GROUP BY "k", STEP(s.ROWTIME BY INTERVAL '1' MINUTE) HAVING 1 < 2;
CREATE OR REPLACE STREAM first_minute (k VARCHAR(8), list VARCHAR);
CREATE OR REPLACE PUMP b AS INSERT INTO first_minute
SELECT STREAM k, list FROM minutes WHERE since = TIMESTAMP '2026-03-02 09:00:00' AND CHAR_LENGTH('abc') = 3;
CREATE OR REPLACE STREAM hours (k VARCHAR(8), n INTEGER);
CREATE OR REPLACE PUMP c AS INSERT INTO hours
SELECT STREAM k, SUM(n) FROM minutes AS m WHERE until = TIMESTAMP '2026-03-02 09:01:00' AND kind = 'minute' GROUP BY k, STEP(m.ROWTIME BY INTERVAL '1' HOUR);
CREATE OR REPLACE STREAM medians (k VARCHAR(8), median DOUBLE);
CREATE OR REPLACE PUMP d AS INSERT INTO medians
SELECT STREAM "k", PERCENTILE("n", 0.5) FROM SOURCE_SQL_STREAM_001 AS s GROUP BY "k", STEP(s.ROWTIME BY INTERVAL '1' HOUR);
