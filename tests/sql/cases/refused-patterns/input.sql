-- Patterns that Java cannot read stop the job at its first row, or make every row NULL.
INSERT INTO a SELECT "first" AS x FROM stream WHERE "first" SIMILAR TO '(a' OR "first" SIMILAR TO 'a{2' OR "first" NOT SIMILAR TO '[a' OR "first" SIMILAR TO 'a\';
INSERT INTO b SELECT REGEXP_REPLACE("first", 'a{2', 'b') AS x FROM stream;
INSERT INTO c SELECT TIMESTAMP_TO_CHAR('yyyy{MM', ROWTIME) AS x, TIMESTAMP_TO_CHAR('EEEEEEEE', ROWTIME) AS y, TIMESTAMP_TO_CHAR('HH''T', ROWTIME) AS z FROM stream;
INSERT INTO d SELECT CHAR_TO_TIMESTAMP('yyyy[MM]', "first") AS x, CHAR_TO_TIMESTAMP('MM#dd', "first") AS y, CHAR_TO_TIMESTAMP('yyyy''{[#]}''MMMM dd HH:mm:ss.SSS a', "first") AS z FROM stream;
INSERT INTO e SELECT "first" AS x FROM stream WHERE "first" SIMILAR TO 'a]' OR "first" SIMILAR TO '[(]' OR REGEXP_EXTRACT("first", '(?<a_b>c)', 1) = 'c' OR REGEXP_EXTRACT("first", '(?<a>b)(?<a>c)', 1) = 'c';
