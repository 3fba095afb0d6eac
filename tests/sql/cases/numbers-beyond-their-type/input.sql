-- A result that its type does not hold is NULL; what only an inner result is beyond is exact.
CREATE OR REPLACE STREAM numbers (id INTEGER, i_plus INTEGER, i_minus INTEGER, i_times INTEGER, i_negated INTEGER, i_size INTEGER, i_part INTEGER, both INTEGER, back INTEGER,
  l_plus BIGINT, l_plus_i BIGINT, l_minus BIGINT, l_times BIGINT, l_negated BIGINT, l_size BIGINT, l_part BIGINT, l_back BIGINT,
  small SMALLINT, narrow INTEGER, whole INTEGER, whole_l BIGINT, exact DECIMAL(38, 0));
CREATE OR REPLACE PUMP p AS INSERT INTO numbers
SELECT STREAM "id", "i" + 1, "i" - 1, "i" * 2, -"i", ABS("i"), "i" / "m", "i" + "i", "i" + 1 - 1,
  "l" + 1, "l" + "i", "l" - 1, "l" * "l", -"l", ABS("l"), "l" / "m", "l" * "l" - "l" * "l" + 1,
  CAST("i" AS SMALLINT), CAST("l" AS INTEGER), CAST("f" AS INTEGER), CAST("f" AS BIGINT), "e" * 10
FROM SOURCE_SQL_STREAM_001;
