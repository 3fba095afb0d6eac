SELECT "id",
  CAST("at" + INTERVAL '1' SECOND AS VARCHAR) AS "later",
  CAST(CAST("at" + INTERVAL '1' SECOND AS DATE) AS VARCHAR) AS "day",
  CAST("at" - INTERVAL '800' DAY AS VARCHAR(10)) AS "earlier",
  CAST(CAST("at" - INTERVAL '800' DAY AS DATE) AS CHAR(12)) AS "day_before",
  "at" + INTERVAL '1' SECOND AS "as_time",
  CAST(CEIL("at" TO DAY) AS VARCHAR) AS "next"
FROM stream
