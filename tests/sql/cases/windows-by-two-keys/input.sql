-- Each pair of a room and a shelf has sessions of its own.
CREATE OR REPLACE STREAM "staggered" ("room" VARCHAR(8), "shelf" VARCHAR(8), "n" INTEGER);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "staggered"
SELECT STREAM "room", "shelf", COUNT(*) FROM "SOURCE_SQL_STREAM_001"
WINDOWED BY STAGGER (PARTITION BY "room", "shelf" RANGE INTERVAL '1' MINUTE);
INSERT INTO "sessions" SELECT "shelf", "weight", "room", COUNT(*) AS "n"
FROM TABLE(SESSION(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, "shelf", "room", "weight";
INSERT INTO "tumbled" SELECT "shelf", "weight", "room", COUNT(*) AS "n"
FROM stream GROUP BY "shelf", "room", STEP(stream.ROWTIME BY INTERVAL '1' MINUTE), "weight";
