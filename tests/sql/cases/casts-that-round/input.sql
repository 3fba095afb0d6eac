-- In the old dialect a number is rounded, half away from zero, before it becomes whole; and a text that does not hold a whole value is none.
CREATE OR REPLACE STREAM "whole" ("id" INTEGER, "written" INTEGER, "in_column" INTEGER, "small" SMALLINT, "tiny" TINYINT, "large" BIGINT, "exact" INTEGER, "exact_in_column" BIGINT, "is_one" BOOLEAN);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "whole"
SELECT STREAM "id", CAST("f" AS INTEGER), "f", CAST("r" AS SMALLINT), CAST("d" AS TINYINT), CAST("f" AS BIGINT), CAST("d" AS INTEGER), "d", CAST("d" AS INTEGER) = 1
FROM "SOURCE_SQL_STREAM_001";
CREATE OR REPLACE STREAM "texts" ("id" INTEGER, "number" VARCHAR(3), "fixed" CHAR(5), "exact" VARCHAR(5), "nine" VARCHAR(9), "ten" VARCHAR(10), "truth" VARCHAR(4), "cut" VARCHAR(4));
CREATE OR REPLACE PUMP "q" AS INSERT INTO "texts"
SELECT STREAM "id", CAST("id" AS VARCHAR(3)), CAST("id" AS CHAR(5)), CAST("d" AS VARCHAR(5)), CAST("day" AS VARCHAR(9)), CAST("day" AS VARCHAR(10)), CAST("ok" AS VARCHAR(4)), CAST('abcdef' || CAST("id" AS VARCHAR(16)) AS VARCHAR(4))
FROM "SOURCE_SQL_STREAM_001";
