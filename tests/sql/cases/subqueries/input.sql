-- A SELECT in another, three deep, with what has no name called as the old service called it.
SELECT total, "EXPR$1" + 1 AS next_value FROM (SELECT * FROM (SELECT a + b AS total, a * b FROM (SELECT * FROM stream WHERE a > 0) AS x) AS y WHERE total < 10) AS z;
