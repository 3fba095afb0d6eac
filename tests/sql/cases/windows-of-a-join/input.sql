-- Clicks that follow a view of the same ad, counted by the minute of the click.
CREATE OR REPLACE STREAM clicks (ad INTEGER, n INTEGER, cost INTEGER);
CREATE OR REPLACE PUMP p AS INSERT INTO clicks
SELECT STREAM ad, COUNT(*), SUM(cost) FROM (
  SELECT STREAM c.ad AS ad, v.cost AS cost
  FROM (SELECT STREAM * FROM SOURCE_SQL_STREAM_001 WHERE kind = 'click') AS c
  JOIN SOURCE_SQL_STREAM_001 OVER (RANGE INTERVAL '30' SECOND PRECEDING) AS v ON v.ad = c.ad AND v.kind = 'view'
) AS j GROUP BY ad, STEP(j.ROWTIME BY INTERVAL '1' MINUTE);
