-- Each statement has one fault.
INSERT INTO a SELECT * FROM stream GROUP BY STEP(at BY INTERVAL '1' MINUTE);
INSERT INTO b SELECT device, window_start, COUNT(*) AS n FROM stream GROUP BY device, window_start, window_end;
INSERT INTO c SELECT device, COUNT(*) AS n FROM stream GROUP BY device, TUMBLE(INTERVAL '1' MINUTE);
INSERT INTO d SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(at), INTERVAL '1' MINUTE));
INSERT INTO e SELECT device, COUNT(*) AS n FROM stream GROUP BY device;
INSERT INTO f SELECT device FROM stream WHERE (status = 'x') = 'true';
INSERT INTO g SELECT device FROM stream WHERE (status = 'x') = 1;
INSERT INTO h SELECT device FROM stream WHERE status = 3;
INSERT INTO i SELECT device, AVG(status = 'x') AS n FROM stream GROUP BY device, STEP(at BY INTERVAL '1' MINUTE);
INSERT INTO l SELECT COUNT(*) AS n
FROM TABLE(TUMBLE(LENGTH => INTERVAL '1' MINUTES, DATA => TABLE stream, TIMECOL => DESCRIPTOR(at)))
GROUP BY window_start, window_end;
-- These have none: an alias may be called like a function that is not translated, or like a window's column.
INSERT INTO j SELECT device, AVG(temp) AS median FROM stream GROUP BY device, STEP(at BY INTERVAL '1' MINUTE) HAVING median > 3;
INSERT INTO k SELECT STEP(at BY INTERVAL '1' MINUTE) AS window_start, COUNT(*) AS n FROM stream GROUP BY window_start;
-- What the help says can be typed.
INSERT INTO m SELECT device FROM stream WHERE at > '2024-01-01';
INSERT INTO n SELECT device FROM stream WHERE at > '2024-01-01T10:00:00.5Z';
INSERT INTO o SELECT device FROM stream WHERE at > TIMESTAMP '2024-01-01T10:00:00Z';
INSERT INTO p SELECT device FROM stream WHERE at > 'yesterday';
INSERT INTO q SELECT device FROM stream WHERE status IN ("A");
INSERT INTO r SELECT device, SUM(temp) OVER w AS s FROM stream;
INSERT INTO s SELECT device FROM stream WHERE at > TIMESTAMP '2024-01-01 00:00:00' AND at < TIMESTAMP '2024-01-01 10:00:00.5';
