INSERT INTO hops SELECT kind, COUNT(*) AS n, window_end AS until
FROM TABLE(HOP(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
GROUP BY window_start, window_end, kind;
