SELEC "first" FROM stream;
SELECT "first", FROM stream;
SELECT "first" FROM stream WHERE;
SELECT "first" "last" "x" FROM stream;
CREATE OR REPLACE STREAM (a INTEGER);
CREATE STREAM "X" (a);
CREATE STREAM "X" (a INTEGER;
CREATE OR REPLACE PUMP "P" INSERT INTO "X" SELECT "first" FROM stream;
CREATE PUMP "P" AS SELECT "first" FROM stream;
INSERT "X" SELECT "first" FROM stream;
INSERT INTO "X";
SELECT `first` FROM stream;
SELECT ("first" FROM stream;
INSERT INTO a.b SELECT "first" FROM stream;
CREATE INDEX x;
SELECT "" FROM stream
;
SELECT "first" FORM stream;
SELECT "first" FROM stream GRUOP BY "first";
SELECT CASE WHEN "age" > 1 THEN 'a' ELSE 'b' AS x FROM stream;
SELECT "first" FROM stream WHERE "last" = ''Meier'';
SELECT "first" FROM stream WHERE "last" = ‘Meier’;
SELECT UPPER("first" FROM stream;
SELECT UPPER("first")) AS x FROM stream;
SELECT "first" FROM stream WHERE "age" BETWEEN 1 TO 5
