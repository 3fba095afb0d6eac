-- Searches that go back or call themselves and texts that grow: Flink bounds what could stop the job.
CREATE OR REPLACE STREAM out ("id" INTEGER, "letters" VARCHAR, "filled" INTEGER, "less" VARCHAR, "like" BOOLEAN, "similar" BOOLEAN, "grown" VARCHAR);
CREATE OR REPLACE PUMP p AS INSERT INTO out
SELECT STREAM "id", REGEXP_EXTRACT("v", '(a|b)*', 0), CHAR_LENGTH(LPAD("v", 6, 'x')), REGEXP_REPLACE(LOWER("v"), 'a+x', '-'),
  "v" LIKE 'a_%b%', "v" SIMILAR TO '(a|b)*', REPLACE("v", 'b', "v")
FROM SOURCE_SQL_STREAM_001;
