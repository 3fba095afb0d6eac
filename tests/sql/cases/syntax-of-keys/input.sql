INSERT INTO a SELECT device, COUNT(*) AS n FROM stream GROUP BY device TUMBLE(at, INTERVAL '1' MINUTE);
INSERT INTO b SELECT device, COUNT(*) AS n FROM stream GROUP BY device, TUMBLE(at, 5 MINUTES);
INSERT INTO c SELECT a.device FROM stream AS a JOIN stream AS b OVER (RANGE INTERVAL '1' MINUTE PRECEDING) ON a.device = b.device;
INSERT INTO d SELECT top, device FROM stream;
INSERT INTO e SELECT device FROM stream WHERE temp >> 3;
INSERT INTO f SELECT device, FROM stream;
