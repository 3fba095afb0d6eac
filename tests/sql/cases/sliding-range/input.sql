-- Every record gives a row that looks back a minute; one that is exactly a minute old is still seen.
CREATE OR REPLACE STREAM moving (ticker VARCHAR(4), price INTEGER, low INTEGER, high INTEGER, mean DOUBLE, n INTEGER, came TIMESTAMP);
CREATE OR REPLACE PUMP p AS INSERT INTO moving
SELECT STREAM ticker, price, MIN(price) OVER w1, MAX(price) OVER w1, AVG(price) OVER w1, COUNT(*) OVER w1, ROWTIME
FROM SOURCE_SQL_STREAM_001
WINDOW w1 AS (PARTITION BY ticker RANGE INTERVAL '1' MINUTE PRECEDING);
