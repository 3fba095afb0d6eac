-- Windows by the clock whose keys, bounds and times are in conditions before and behind them; sessions without an aggregate.
INSERT INTO grown SELECT k, COUNT(*) AS n, window_end AS until
FROM TABLE(CUMULATE(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE))
WHERE k = 'a' GROUP BY window_start, window_end, k;
INSERT INTO of_a SELECT k, n, until FROM grown WHERE k = 'a';
INSERT INTO overlapping SELECT k, n, COUNT(*) AS c, window_end AS until
FROM TABLE(HOP(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE))
WHERE k = 'a' AND n > 0 GROUP BY window_start, window_end, k, n HAVING COUNT(*) > 0 AND k <> 'z';
INSERT INTO of_this_century SELECT n, c, until FROM overlapping AS o
WHERE DATE_FORMAT(o.ROWTIME, 'yyyy') > '2000' AND n < 9;
INSERT INTO sessions SELECT window_end AS until
FROM TABLE(SESSION(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
INSERT INTO marked SELECT k, n, b, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE))
WHERE b GROUP BY window_start, window_end, k, n, b HAVING MAX(n) < 100 AND k <> 'z' AND COUNT(*) > 0;
INSERT INTO marked_a SELECT k, n, c FROM marked WHERE k = 'a';
