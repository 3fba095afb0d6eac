-- A column that is never NULL, joined by a constant that is NULL: the bounds of time alone match rows, and none does.
INSERT INTO counted SELECT s.k, COUNT(*) AS n FROM stream AS s GROUP BY s.k, STEP(s.ROWTIME BY INTERVAL '1' MINUTE);
INSERT INTO met SELECT c.k, c.n, s.k AS other FROM counted AS c
LEFT JOIN stream AS s ON c.n = STEP(CAST(NULL AS BIGINT) BY 60000) AND s.ROWTIME BETWEEN c.ROWTIME - INTERVAL '1' MINUTE AND c.ROWTIME;
INSERT INTO none SELECT c.k, c.n FROM counted AS c
JOIN stream AS s ON c.n = STEP(CAST(NULL AS BIGINT) BY 60000) AND s.ROWTIME BETWEEN c.ROWTIME - INTERVAL '1' MINUTE AND c.ROWTIME;
