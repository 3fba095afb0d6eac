-- Fields between separators, each with its type.
CREATE OR REPLACE STREAM "FIELDS" (name VARCHAR(4), age INTEGER, score DOUBLE, rest VARCHAR(8));
CREATE OR REPLACE PUMP p AS INSERT INTO "FIELDS"
SELECT STREAM f.r.name, f.r.age, f.r.score, f.r."rest"
FROM (SELECT STREAM VARIABLE_COLUMN_LOG_PARSE(line, 'name VARCHAR(4), age INTEGER, score DOUBLE, "rest" VARCHAR(8)', '|') AS r FROM SOURCE_SQL_STREAM_001) AS f;
