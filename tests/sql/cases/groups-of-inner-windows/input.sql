-- A group by a value that is said to grow takes the window of its rows; of two columns of one name the second gets a number.
CREATE OR REPLACE STREAM "out" ("minute" TIMESTAMP, "people" INTEGER);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "out"
SELECT STREAM w.minute, COUNT(w.who)
FROM (SELECT STREAM DISTINCT MONOTONIC(STEP("at" BY INTERVAL '1' MINUTE)) AS minute, STEP("SOURCE_SQL_STREAM_001".ROWTIME BY INTERVAL '1' MINUTE),
        "who" AS who FROM "SOURCE_SQL_STREAM_001") AS w
GROUP BY w.minute;
CREATE OR REPLACE STREAM "both" ("a" VARCHAR(4), "b" VARCHAR(4));
CREATE OR REPLACE PUMP "q" AS INSERT INTO "both"
SELECT STREAM j."who", j."who0" FROM (SELECT STREAM * FROM "SOURCE_SQL_STREAM_001" AS a JOIN "SOURCE_SQL_STREAM_001" AS b ON a."at" = b."at") AS j;
