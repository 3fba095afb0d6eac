-- Patterns that Java cannot read stop the job at its first row, or make every row NULL.
INSERT INTO a SELECT "first" AS x FROM stream WHERE "first" SIMILAR TO '(a' OR "first" SIMILAR TO 'a{2' OR "first" NOT SIMILAR TO '[a' OR "first" SIMILAR TO 'a\';
INSERT INTO b SELECT REGEXP_REPLACE("first", 'a{2', 'b') AS x FROM stream;
