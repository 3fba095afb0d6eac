-- Sessions by the clock, conditions on what they count, and windows of the sessions that are left.
INSERT INTO visits SELECT s.k, COUNT(*) AS n FROM stream AS s GROUP BY s.k, SESSION(s.ROWTIME, INTERVAL '5' SECOND);
INSERT INTO busy SELECT HOP_START(v.ROWTIME, INTERVAL '1' MINUTE, INTERVAL '2' MINUTE) AS since, COUNT(*) AS visits, SUM(v.n) AS clicks
FROM visits AS v WHERE v.n > 1 GROUP BY HOP(v.ROWTIME, INTERVAL '1' MINUTE, INTERVAL '2' MINUTE);
