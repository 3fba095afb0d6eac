-- Whether a condition holds for all rows of a window, or for one; a row where it is unknown does not count.
CREATE OR REPLACE STREAM "out" ("k" VARCHAR(4), "all" BOOLEAN, "one" BOOLEAN);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "out"
SELECT STREAM "k", EVERY("v" > 1), ANY("v" > 3) FROM "SOURCE_SQL_STREAM_001"
GROUP BY "k", STEP("SOURCE_SQL_STREAM_001".ROWTIME BY INTERVAL '1' MINUTE);
