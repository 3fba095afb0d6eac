-- What a large number leaves behind when it goes is nothing; nor does what is no number stay.
CREATE OR REPLACE STREAM sums ("k" INTEGER, "id" INTEGER, "total" DOUBLE, "mean" DOUBLE, "n" BIGINT);
CREATE OR REPLACE PUMP p AS INSERT INTO sums
SELECT STREAM "k", "id", SUM("f") OVER w, AVG("f") OVER w, COUNT("f") OVER w FROM SOURCE_SQL_STREAM_001 WINDOW w AS (PARTITION BY "k" ROWS 1 PRECEDING);
