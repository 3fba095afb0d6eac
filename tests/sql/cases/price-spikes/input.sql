-- A trade beside the moving average, in an expression and behind it: only spikes go on.
CREATE OR REPLACE STREAM compared (ticker VARCHAR(4), price DOUBLE, ratio DOUBLE, verdict VARCHAR(6));
CREATE OR REPLACE PUMP a AS INSERT INTO compared
SELECT STREAM ticker, price, price / AVG(price) OVER w, CASE WHEN price > 2 * MIN(price) OVER w THEN 'high' ELSE 'normal' END
FROM SOURCE_SQL_STREAM_001 WINDOW w AS (PARTITION BY ticker ORDER BY ROWTIME RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW);
CREATE OR REPLACE STREAM spikes (ticker VARCHAR(4), price DOUBLE, ratio DOUBLE);
CREATE OR REPLACE PUMP b AS INSERT INTO spikes SELECT STREAM ticker, price, ratio FROM compared WHERE verdict = 'high';
