-- A visit is of one user.
SELECT user_id, COUNT(DISTINCT page) AS pages, LISTAGG(page || '!', '>') AS path, PERCENTILE(ms, 0.5) AS middle, window_start AS since
FROM TABLE(SESSION(TABLE stream PARTITION BY user_id, DESCRIPTOR(ts), INTERVAL '30' SECOND))
GROUP BY window_start, window_end, user_id
