-- What Flink computes when it plans: constants, and conditions on one number.
INSERT INTO constants
SELECT COALESCE(NULLIF('x', ''), "v") AS text, COALESCE(SIGN(7), FLOOR("s")) AS sign, TO_DATE('0') AS zero, CAST('0' AS DATE) AS zero_too,
  CAST('0000-12-31' AS DATE) IS NULL AS is_none, EXTRACT(YEAR FROM CAST('2026-02-03' AS DATE)) AS year_of, TO_DATE(NULLIF('2026-02-30', "v")) AS no_day
FROM stream;
INSERT INTO conditions
SELECT "l" AS l, "l" * 7 IN (49, 70) AS sevens, "l" * 7 BETWEEN 60 AND 75 AS about_seventy
FROM stream
WHERE "l" * 7 IN (49, 70, 77) AND CAST("d" * 7 AS BIGINT) IN (10, 17) AND CASE WHEN "d" * 7 > 5 AND "d" * 7 < 500 THEN CAST("d" * 7 AS DOUBLE) END > 10
