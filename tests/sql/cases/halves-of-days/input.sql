-- Half a day without an hour is its middle; narrow letters stand for the last word that begins with them.
SELECT TO_TIMESTAMP("text", 'yyyy-MM-dd a') AS half_a_day, TO_TIMESTAMP("text", 'a') AS half, TO_TIMESTAMP("text", 'mm a') AS minutes,
  TO_TIMESTAMP("text", 'hh a') AS hours, TO_TIMESTAMP("text", 'EEEEE DD QQQQQ a') AS narrow, TO_TIMESTAMP("text", 'yyyy EEEEE DD') AS weekday
FROM stream
