-- Both sides keep what finds no partner within five seconds either way.
SELECT l.v AS left_value, r.v AS right_value
FROM (SELECT k, v, ts FROM stream WHERE side = 'l') AS l
FULL OUTER JOIN (SELECT k, v, ts FROM stream WHERE side = 'r') AS r
ON l.k = r.k AND r.ts BETWEEN l.ts - INTERVAL '5' SECOND AND l.ts + INTERVAL '5' SECOND;
