SELECT COUNT(*) AS n, SUM(n) AS total, window_end AS until FROM TABLE(SESSION(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
