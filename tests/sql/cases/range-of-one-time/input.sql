-- Rows of one time see one another in Flink, and rows that are exactly as old as the range count. ROWS takes them one by one.
CREATE OR REPLACE STREAM "readings" ("id" INTEGER, "least" INTEGER, "most" INTEGER, "n" INTEGER, "one_by_one" INTEGER);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "readings"
SELECT STREAM "id", MIN("temp") OVER w1, MAX("temp") OVER w1, COUNT(*) OVER w1, MAX("temp") OVER (ROWS 1 PRECEDING)
FROM "SOURCE_SQL_STREAM_001" WINDOW w1 AS (RANGE INTERVAL '1' DAY PRECEDING);
