-- A forest joined with the stream that it reads, without a key, as some applications had it; and what does the same without a join.
CREATE OR REPLACE STREAM "joined" ("place" VARCHAR(16), "score" DOUBLE);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "joined"
SELECT STREAM s."place", rcf."ANOMALY_SCORE"
FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM "temp" FROM "SOURCE_SQL_STREAM_001"))) AS rcf, "SOURCE_SQL_STREAM_001" AS s;
CREATE OR REPLACE STREAM "handed_on" ("place" VARCHAR(16), "score" DOUBLE);
CREATE OR REPLACE PUMP "q" AS INSERT INTO "handed_on"
SELECT STREAM "place", "ANOMALY_SCORE" FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM "temp", "place" FROM "SOURCE_SQL_STREAM_001")));
