-- The first less the second, of times and of their milliseconds.
CREATE OR REPLACE STREAM "spans" ("job" INTEGER, "ms" BIGINT, "of_times" BIGINT, "seconds" BIGINT, "days" BIGINT);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "spans"
SELECT STREAM "job", TSDIFF("ended_ms", "begun_ms"), TSDIFF("ended", "begun"), TSDIFF("ended", "begun") / 1000, TSDIFF("day", "begun")
FROM "SOURCE_SQL_STREAM_001";
