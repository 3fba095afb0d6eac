-- The first records have no time: there is no watermark yet that they could come too late for. No window, no OVER and no
-- join by the event time knows them; a query that reads each record alone does.
CREATE OR REPLACE STREAM minutes (id INTEGER, since TIMESTAMP, n INTEGER);
INSERT INTO minutes SELECT id, STEP(ts BY INTERVAL '1' MINUTE), COUNT(*) FROM stream GROUP BY id, STEP(ts BY INTERVAL '1' MINUTE);
CREATE OR REPLACE STREAM visits (id INTEGER, since TIMESTAMP, n INTEGER);
INSERT INTO visits SELECT id, window_start, COUNT(*) FROM TABLE(SESSION(TABLE stream, DESCRIPTOR(ts), INTERVAL '30' SECOND)) GROUP BY window_start, window_end, id;
CREATE OR REPLACE STREAM counted (id INTEGER, ts TIMESTAMP, n INTEGER);
INSERT INTO counted SELECT id, ts, COUNT(*) OVER (PARTITION BY id ORDER BY ts RANGE INTERVAL '1' MINUTE PRECEDING) FROM stream;
CREATE OR REPLACE STREAM pairs (id INTEGER, viewed TIMESTAMP, clicked TIMESTAMP);
INSERT INTO pairs SELECT v.id, v.ts, c.ts FROM (SELECT id, ts FROM stream WHERE kind = 'view') AS v
LEFT JOIN (SELECT id, ts FROM stream WHERE kind = 'click') AS c ON v.id = c.id AND c.ts BETWEEN v.ts AND v.ts + INTERVAL '10' SECOND;
CREATE OR REPLACE STREAM timeless (id INTEGER, kind VARCHAR(5));
INSERT INTO timeless SELECT id, kind FROM stream WHERE ts IS NULL;
