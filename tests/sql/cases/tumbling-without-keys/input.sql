-- One row a window for the whole stream; windows without records give none.
CREATE OR REPLACE STREAM totals (n BIGINT, total DOUBLE, double_total DOUBLE, kind VARCHAR(5));
CREATE OR REPLACE PUMP p AS INSERT INTO totals
SELECT STREAM COUNT(*), SUM(price), SUM(price) * 2, CASE WHEN COUNT(*) > 1 THEN 'many' ELSE 'one' END
FROM SOURCE_SQL_STREAM_001 GROUP BY STEP(SOURCE_SQL_STREAM_001.ROWTIME BY INTERVAL '1:30' MINUTE TO SECOND);
