-- Groups by a computed value, aggregates of computed ones, and values computed of aggregates.
CREATE OR REPLACE STREAM traffic (site VARCHAR(8), class VARCHAR(5), kilobytes DOUBLE, failures INTEGER, share DOUBLE);
CREATE OR REPLACE PUMP p AS INSERT INTO traffic
SELECT STREAM CAST(UPPER(SUBSTRING(url FROM 1 FOR 2)) AS VARCHAR(8)), CASE WHEN status >= 500 THEN 'bad' ELSE 'good' END, SUM(bytes) / 1000e0,
  SUM(CASE WHEN status = 503 THEN 1 ELSE 0 END), CAST(COUNT(bytes) AS DOUBLE) / COUNT(*)
FROM SOURCE_SQL_STREAM_001
GROUP BY UPPER(SUBSTRING(url FROM 1 FOR 2)), CASE WHEN status >= 500 THEN 'bad' ELSE 'good' END, STEP(SOURCE_SQL_STREAM_001.ROWTIME BY INTERVAL '1' SECOND);
