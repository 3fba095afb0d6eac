-- A condition makes a text one that Flink knows, and a DATE of it one of the year 0.
INSERT INTO zeros SELECT w, CAST(v AS DATE) < DATE '2026-01-01' AS is_past, TO_DATE(v) IS NULL AS is_none FROM stream WHERE v = '0';
INSERT INTO chosen SELECT w, v FROM stream WHERE v = '12';
INSERT INTO days SELECT w, CAST(v AS DATE) IS NULL AS is_none FROM chosen;
INSERT INTO later SELECT w, CAST(v AS DATE) AS day FROM stream WHERE v IN ('2026-02-03');
