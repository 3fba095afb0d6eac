-- A CHAR has blanks at its end, which do not make it another text than a shorter constant.
CREATE OR REPLACE STREAM "compared" ("id" INTEGER, "c" CHAR(4), "is" BOOLEAN, "is_not" BOOLEAN, "in" BOOLEAN, "between" BOOLEAN, "less" BOOLEAN, "longer" BOOLEAN, "blanks" BOOLEAN, "distinct" BOOLEAN, "kind" VARCHAR(4), "rest" CHAR(4));
CREATE OR REPLACE PUMP "p" AS INSERT INTO "compared"
SELECT STREAM "id", "c", "c" = 'ab', 'ab' <> "c", "c" IN ('ab', 'xyz1', ''), "c" BETWEEN 'aa' AND 'ac', "c" < 'b', "c" = 'abcde', "c" = 'ab   ', "c" IS DISTINCT FROM 'ab', CASE "c" WHEN 'ab' THEN 'yes' ELSE 'no' END, NULLIF("c", 'ab')
FROM "SOURCE_SQL_STREAM_001";
CREATE OR REPLACE STREAM "kept" ("id" INTEGER);
CREATE OR REPLACE PUMP "q" AS INSERT INTO "kept" SELECT STREAM "id" FROM "SOURCE_SQL_STREAM_001" WHERE "c" = 'ab' AND "c" NOT IN ('a', 'b');
