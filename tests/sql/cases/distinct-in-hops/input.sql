-- Different values of windows that overlap, and of windows that begin when the one before ends.
INSERT INTO overlapping SELECT window_end AS until, AVG(DISTINCT n) AS mean, COUNT(DISTINCT n) AS count_n
FROM TABLE(HOP(TABLE stream, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE)) GROUP BY window_start, window_end;
INSERT INTO adjoining SELECT window_end AS until, SUM(DISTINCT n) AS total, LAST_VALUE(n) AS last_n
FROM TABLE(HOP(TABLE stream, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
