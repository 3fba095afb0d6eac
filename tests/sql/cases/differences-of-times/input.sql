-- The difference of two times as a number of one unit, beside an interval, and times of day as texts.
SELECT ("ended" - "begun") SECOND AS "s", ("ended" - "begun") MINUTE AS "m",
  ("ended" - "begun") DAY TO SECOND > INTERVAL '1' MINUTE AS "long", INTERVAL '0 00:02' DAY TO MINUTE <= ("ended" - "begun") DAY TO SECOND AS "longer",
  TIME_TO_CHAR('HH.mm', CHAR_TO_TIME('HH:mm:ss', "clock")) AS "clock"
FROM "SOURCE_SQL_STREAM_001" WHERE CURRENT_TIME IS NOT NULL AND LOCALTIME IS NOT NULL;
