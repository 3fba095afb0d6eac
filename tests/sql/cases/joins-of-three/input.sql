-- A stream joined with itself twice: pairs within two seconds, and the record exactly there.
SELECT a.n AS a, b.n AS b, c.n AS c FROM stream AS a
JOIN stream AS b ON a.k = b.k AND b.ROWTIME BETWEEN a.ROWTIME - INTERVAL '2' SECOND AND a.ROWTIME AND b.n < a.n
JOIN stream AS c ON c.k = a.k AND c.ROWTIME = a.ROWTIME;
