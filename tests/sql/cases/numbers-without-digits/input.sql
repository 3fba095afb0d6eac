-- NaN and infinities are NULL, and so is, as a DECIMAL, what is too large for one.
CREATE OR REPLACE STREAM out ("id" INTEGER, "cast" DECIMAL(10,2), "column" DECIMAL(38,10), "square" DECIMAL(20,2), "real" DECIMAL(12,4), "equal" BOOLEAN, "sum" DECIMAL(20,2));
CREATE OR REPLACE PUMP p AS INSERT INTO out
SELECT STREAM "id", CAST("f" AS DECIMAL(10,2)), "f", CAST("f" * "f" AS DECIMAL(20,2)), CAST("r" AS DECIMAL(12,4)), "f" = "d", CAST("f" + "d" AS DECIMAL(20,2))
FROM SOURCE_SQL_STREAM_001;
