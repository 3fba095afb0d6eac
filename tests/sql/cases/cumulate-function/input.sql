-- The day's sum so far, every hour.
SELECT SUM(amount) AS total, window_end AS until FROM TABLE(CUMULATE(TABLE stream, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '3' HOUR))
GROUP BY window_start, window_end;
