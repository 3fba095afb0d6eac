-- Sessions by the clock of elements of arrays, and windows of those sessions that a condition on an aggregate leaves.
INSERT INTO visits SELECT s.k, MAX(s.n) AS most FROM stream AS s GROUP BY s.k, SESSION(s.ROWTIME, INTERVAL '5' SECOND);
INSERT INTO busy SELECT HOP_START(v.ROWTIME, INTERVAL '1' MINUTE, INTERVAL '2' MINUTE) AS since, COUNT(*) AS visits
FROM visits AS v WHERE v.most > 1 GROUP BY HOP(v.ROWTIME, INTERVAL '1' MINUTE, INTERVAL '2' MINUTE);
