-- The average of whole numbers in a whole column is the whole part of the quotient, as it was in the old service; that of a DOUBLE is rounded.
CREATE OR REPLACE STREAM "means" ("k" VARCHAR(4), "of_whole" INTEGER, "written" INTEGER, "of_double" INTEGER, "exact" DOUBLE);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "means"
SELECT STREAM "k", AVG("i"), CAST(AVG("i") AS INTEGER), AVG("f"), AVG("i")
FROM "SOURCE_SQL_STREAM_001" AS s GROUP BY "k", STEP(s.ROWTIME BY INTERVAL '1' MINUTE);
CREATE OR REPLACE STREAM "moving" ("k" VARCHAR(4), "of_whole" INTEGER, "of_double" INTEGER);
CREATE OR REPLACE PUMP "q" AS INSERT INTO "moving"
SELECT STREAM "k", AVG("i") OVER w, AVG("f") OVER w
FROM "SOURCE_SQL_STREAM_001" WINDOW w AS (PARTITION BY "k" ROWS 1 PRECEDING);
