-- A visit ends when the user has done nothing for thirty seconds.
SELECT user_id, COUNT(*) AS clicks, window_start AS since FROM TABLE(SESSION(TABLE stream, DESCRIPTOR(ts), INTERVAL '30' SECOND))
GROUP BY window_start, window_end, user_id;
