-- FILTER, and a key by its place.
SELECT kind, COUNT(*) FILTER (WHERE n > 1) AS large, SUM(n) FILTER (WHERE n > 1) AS total, COUNT(*) AS all_of_them
FROM stream GROUP BY 1, TUMBLE(ROWTIME, INTERVAL '10' SECOND)
