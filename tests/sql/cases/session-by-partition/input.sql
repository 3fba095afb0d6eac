-- A visit is of one user, and its rows are counted by their pages.
SELECT user_id, page, COUNT(*) AS clicks, window_start AS since
FROM TABLE(SESSION(TABLE stream PARTITION BY user_id, DESCRIPTOR(ts), INTERVAL '30' SECOND))
GROUP BY window_start, window_end, user_id, page
