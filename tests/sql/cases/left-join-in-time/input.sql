-- Clicks of the ten seconds behind a view; a view without one stays, once the ten seconds are over.
SELECT v.id AS id, v.who AS viewer, c.who AS clicker FROM (SELECT id, who, ts FROM stream WHERE kind = 'view') AS v
LEFT JOIN (SELECT id, who, ts FROM stream WHERE kind = 'click') AS c
ON v.id = c.id AND c.ts >= v.ts AND c.ts < v.ts + INTERVAL '10' SECOND AND c.who <> 'bot';
