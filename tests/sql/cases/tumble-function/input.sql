-- Flink's own way to write windows.
SELECT "USER_ID", window_start, window_end, SUM("AMOUNT") AS "total"
FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' HOUR))
GROUP BY window_start, window_end, "USER_ID";
