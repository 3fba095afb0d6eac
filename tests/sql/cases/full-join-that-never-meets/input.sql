-- Conditions that no two rows meet together: all rows stay, without partners, and the join still ends by its bounds of time.
INSERT INTO pairs SELECT l.v AS left_value, r.v AS right_value
FROM (SELECT k, v, ts FROM stream WHERE side = 'l') AS l
FULL OUTER JOIN (SELECT k, v, ts FROM stream WHERE side = 'r') AS r
ON l.k = r.k AND l.v > 'm' AND l.v < 'b' AND r.ts BETWEEN l.ts - INTERVAL '5' SECOND AND l.ts + INTERVAL '5' SECOND;
