-- As Flink's documentation writes windows: with the names of arguments, in any order, and plural units.
INSERT INTO hops SELECT kind, COUNT(*) AS n, window_end AS until
FROM HOP(DATA => TABLE stream, TIMECOL => DESCRIPTOR(ROWTIME), SLIDE => INTERVAL '5' SECONDS, SIZE => INTERVAL '10' SECONDS)
GROUP BY window_start, window_end, kind;
INSERT INTO tumbling SELECT COUNT(*) AS n, window_end AS until
FROM TABLE(TUMBLE(SIZE => INTERVAL '1' MINUTES, DATA => TABLE stream, TIMECOL => DESCRIPTOR(ROWTIME)))
GROUP BY window_start, window_end;
