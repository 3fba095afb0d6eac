-- A bound that leaves no row is none.
CREATE STREAM ranked (k VARCHAR(4), place BIGINT);
INSERT INTO ranked SELECT k, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC) FROM
(SELECT k, window_start, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k) AS w;
CREATE STREAM o (k VARCHAR(4));
INSERT INTO o SELECT k FROM ranked WHERE place < 1;
INSERT INTO o SELECT k FROM ranked WHERE 0 >= place;
INSERT INTO o SELECT k FROM ranked WHERE place = 0;
INSERT INTO o SELECT k FROM ranked WHERE place BETWEEN -3 AND 0;
INSERT INTO o SELECT k FROM ranked WHERE place < 2;
INSERT INTO o SELECT k FROM ranked WHERE 1 >= place;
