-- Every aggregate over the hours in which readings came in. Of no values at all there is NULL, and 0 is the count.
CREATE OR REPLACE STREAM hours (sensor VARCHAR(8), since TIMESTAMP, n BIGINT, known BIGINT, kinds BIGINT, total BIGINT,
  mean DOUBLE, whole INTEGER, least INTEGER, most INTEGER, spread DOUBLE, spread_of_some DOUBLE, variance DOUBLE,
  variance_of_some DOUBLE, exact_total DECIMAL(10,2), exact_mean DECIMAL(10,4), small_total TINYINT, last_came TIMESTAMP);
CREATE OR REPLACE PUMP p AS INSERT INTO hours
SELECT STREAM sensor, FLOOR(SOURCE_SQL_STREAM_001.ROWTIME TO HOUR), COUNT(*), COUNT(reading), COUNT(DISTINCT reading), SUM(reading),
  AVG(reading), CAST(AVG(reading) AS INTEGER), MIN(reading), MAX(reading), STDDEV_POP(reading), STDDEV_SAMP(reading),
  VAR_POP(reading), VAR_SAMP(reading), SUM(exact), AVG(exact), SUM(small), MAX(SOURCE_SQL_STREAM_001.ROWTIME)
FROM SOURCE_SQL_STREAM_001
GROUP BY FLOOR(SOURCE_SQL_STREAM_001.ROWTIME TO HOUR), sensor;
