-- Users with at least two errors in ten seconds; a group is judged when its window ends.
CREATE OR REPLACE STREAM "ALERTS" ("user" VARCHAR(8), "errors" INTEGER);
CREATE OR REPLACE PUMP "P" AS INSERT INTO "ALERTS"
SELECT STREAM user_id, COUNT(*) FROM "SOURCE_SQL_STREAM_001" WHERE error
GROUP BY user_id, STEP("SOURCE_SQL_STREAM_001".ROWTIME BY INTERVAL '10' SECOND)
HAVING COUNT(*) >= 2 AND user_id <> 'robot';
