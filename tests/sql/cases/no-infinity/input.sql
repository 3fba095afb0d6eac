-- JSON has no number that is infinite or none at all, so that there is none here either.
CREATE OR REPLACE STREAM numbers (id INTEGER, f DOUBLE, r REAL, inside BOOLEAN, outside BOOLEAN, square DOUBLE, back DOUBLE, apart DOUBLE, shorter REAL, read_f DOUBLE, read_r REAL, exact DECIMAL(10, 2), exact_square DECIMAL(10, 2));
CREATE OR REPLACE PUMP p AS INSERT INTO numbers
SELECT STREAM "id", "f", "r", "f" BETWEEN 0 AND 1, NOT ("f" BETWEEN 0 AND 1), "f" * "f", "f" * 1e10 / 1e10, "f" - "r", CAST("f" AS REAL), CAST("v" AS DOUBLE), CAST("v" AS REAL),
  CAST("f" AS DECIMAL(10, 2)), CAST("f" * "f" AS DECIMAL(10, 2))
FROM SOURCE_SQL_STREAM_001;
