CREATE OR REPLACE STREAM "OUT" (first VARCHAR(16), age INTEGER);
INSERT INTO "OUT" SELECT "first" FROM stream;
INSERT INTO "OUT" SELECT * FROM stream;
INSERT INTO "OUT" (first) SELECT "first", "age" FROM stream;
INSERT INTO "X" SELECT "age" + 1, NULL AS "nothing" FROM stream;
INSERT INTO "Y" (a, b) SELECT "age" FROM stream;
