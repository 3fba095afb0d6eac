-- Names for SELECTs, one of which reads the other and one of which hides a stream.
CREATE OR REPLACE STREAM big (k VARCHAR(2), n INTEGER);
INSERT INTO big SELECT k, n FROM stream WHERE n > 10;
INSERT INTO sums WITH small AS (SELECT k, n FROM stream WHERE n <= 10), big AS (SELECT k, n * 100 AS n FROM small)
SELECT big.k, SUM(big.n) AS total FROM big GROUP BY big.k, STEP(big.ROWTIME BY INTERVAL '1' MINUTE);
INSERT INTO copies SELECT k AS "copy" FROM big;
