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
