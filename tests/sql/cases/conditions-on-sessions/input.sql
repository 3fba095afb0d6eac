-- Conditions on what partitions sessions: before them, in their groups, and behind them. WHERE comes before the sessions.
INSERT INTO of_a SELECT k, COUNT(*) AS n, window_start AS since, window_end AS until
FROM TABLE(SESSION(TABLE stream PARTITION BY k, DESCRIPTOR(ts), INTERVAL '30' SECOND))
WHERE k = 'a' AND b GROUP BY window_start, window_end, k;
INSERT INTO visits SELECT k, COUNT(*) AS n FROM TABLE(SESSION(TABLE stream PARTITION BY k, DESCRIPTOR(ts), INTERVAL '30' SECOND))
GROUP BY window_start, window_end, k HAVING k <> 'c' AND COUNT(*) > 1;
INSERT INTO visits_of_b SELECT k, n FROM visits WHERE k = 'b';
