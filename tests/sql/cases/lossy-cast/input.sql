CREATE OR REPLACE STREAM "OUT" (first VARCHAR(8), last VARCHAR(16), age TINYINT, latitude REAL, longitude INTEGER);
INSERT INTO "OUT" SELECT "first", "first" || "last", "age", "latitude", "longitude" FROM stream;
INSERT INTO "OUT" SELECT CAST("first" AS VARCHAR(8)), 'ok', 5, CAST("latitude" AS REAL), CAST("longitude" AS INTEGER) FROM stream;
