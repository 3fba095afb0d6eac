CREATE OR REPLACE STREAM numbers ("id" BIGINT, "sum" INTEGER, "difference" BIGINT, "product" DECIMAL(20,4), "quotient" INTEGER, "exact" DECIMAL(20,8), "ratio" DOUBLE, "rest" BIGINT, "negated" INTEGER, "half" DOUBLE);
CREATE OR REPLACE PUMP p1 AS INSERT INTO numbers
SELECT STREAM "id", "age" + "tiny", "id" - -5, "price" * "age", "age" / "tiny", "price" / "age", "ratio" / "age", MOD("id", 7), -"age", ("age" + 1) / 2e0
FROM SOURCE_SQL_STREAM_001;

CREATE OR REPLACE STREAM texts ("id" BIGINT, "upper" VARCHAR(4), "joined" VARCHAR(30), "trimmed" VARCHAR(10), "length" INTEGER, "part" VARCHAR(3), "rest" VARCHAR(10), "stars" VARCHAR(10), "code" CHAR(3), "note" VARCHAR(5));
CREATE OR REPLACE PUMP p2 AS INSERT INTO texts
SELECT STREAM "id", CAST(UPPER("name") AS VARCHAR(4)), LOWER("name") || '-' || "code" || '!', TRIM("name"), CHAR_LENGTH("name"), SUBSTRING("name" FROM 2 FOR 3), SUBSTRING("name", 3), TRIM(LEADING '*' FROM "name"), "code", CAST("note" AS VARCHAR(5))
FROM SOURCE_SQL_STREAM_001 AS s;

CREATE OR REPLACE STREAM choices ("id" BIGINT, "kind" VARCHAR(8), "simple" VARCHAR(5), "first" INTEGER, "nothing" VARCHAR(10), "in" BOOLEAN, "between" BOOLEAN, "like" BOOLEAN, "escaped" BOOLEAN, "missing" BOOLEAN, "logic" BOOLEAN, "equal" BOOLEAN);
CREATE OR REPLACE PUMP p3 AS INSERT INTO choices
SELECT STREAM "id",
  CASE WHEN "age" < 18 THEN 'minor' WHEN "age" >= 65 THEN 'retired' ELSE 'adult' END,
  CASE "tiny" WHEN 1 THEN 'one' WHEN 2 THEN 'two' END,
  COALESCE("age", "small", 0), NULLIF("name", 'ada'),
  "age" IN (1, 2, 40), "age" NOT BETWEEN 18 AND 30, "name" LIKE 'a%', "name" LIKE '%10!%%' ESCAPE '!', "note" IS NOT NULL,
  NOT ("ok" OR "age" > 40) AND "ratio" < 1.5, "id" = "tiny"
FROM SOURCE_SQL_STREAM_001;

CREATE OR REPLACE STREAM casts ("id" BIGINT, "narrow" TINYINT, "whole" INTEGER, "text" VARCHAR(6), "number" INTEGER, "exact" DECIMAL(4,1), "truth" BOOLEAN, "moment" TIMESTAMP, "date" DATE, "real" REAL, "word" VARCHAR(5), "none" VARCHAR(4));
CREATE OR REPLACE PUMP p4 AS INSERT INTO casts
SELECT STREAM "id", CAST("id" AS TINYINT), CAST("ratio" AS INTEGER), CAST("id" AS VARCHAR(6)), CAST("name" AS INTEGER), CAST("price" AS DECIMAL(4,1)), CAST("name" AS BOOLEAN), CAST("note" AS TIMESTAMP), CAST("at" AS DATE), "weight", CAST("ok" AS VARCHAR(5)), NULL
FROM SOURCE_SQL_STREAM_001;

INSERT INTO "times" SELECT "id", "at", "day", "clock" FROM stream WHERE "at" >= TIMESTAMP '2026-01-01 00:00:00' AND "day" <> DATE '2026-02-28' OR "clock" < TIME '12:00:00';
