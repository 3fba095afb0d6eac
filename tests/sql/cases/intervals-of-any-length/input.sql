-- Flink takes three digits of a constant interval's first unit.
INSERT INTO "shifted" SELECT "id",
  "at" + INTERVAL '1 02:30' DAY TO MINUTE AS "a",
  "at" + INTERVAL '1000' MINUTE AS "b",
  "at" - INTERVAL '1000' HOUR AS "c",
  "at" + INTERVAL '1000' DAY AS "d",
  "at" + INTERVAL '3600.123' SECOND AS "e",
  "at" - INTERVAL '100000.001' SECOND AS "f",
  "at" + INTERVAL '12345678' SECOND AS "g",
  "at" - INTERVAL '2000 00:00:00.5' DAY TO SECOND AS "h",
  "at" + INTERVAL '1000' MONTH AS "i",
  "at" - INTERVAL '100' YEAR AS "j",
  "at" + INTERVAL '2000' DAY > TIMESTAMP '2026-01-01 00:00:00' AS "k",
  TIMESTAMPADD(MINUTE, 1000, "at") AS "l"
FROM stream;
-- 41 days and 16 hours are 1,000 hours.
INSERT INTO "before" SELECT "id", COUNT(*) OVER (ORDER BY "at" RANGE INTERVAL '1000' HOUR PRECEDING) AS "n" FROM stream;
INSERT INTO "long_before" SELECT "id", COUNT(*) OVER (ORDER BY "at" RANGE INTERVAL '1000' DAY PRECEDING) AS "n" FROM stream;
INSERT INTO "pairs" SELECT a."id", b."id" AS "other" FROM stream AS a JOIN stream AS b
  ON a."id" <> b."id" AND b."at" BETWEEN a."at" - INTERVAL '1000' MINUTE AND a."at" + INTERVAL '1000.001' SECOND;
INSERT INTO "far_pairs" SELECT a."id", b."id" AS "other" FROM stream AS a JOIN stream AS b
  ON a."id" <> b."id" AND b."at" BETWEEN a."at" - INTERVAL '1000.000' SECOND AND a."at" + INTERVAL '1000' DAY;
INSERT INTO "windows" SELECT window_start AS "since", COUNT(*) AS "n"
  FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR("at"), INTERVAL '1000' HOUR)) GROUP BY window_start, window_end;
