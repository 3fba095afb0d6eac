-- Habits of other databases, each with its counterpart here.
INSERT INTO a SELECT device, COUNT(*) AS n FROM stream WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY device;
INSERT INTO b SELECT device FROM stream EMIT CHANGES;
INSERT INTO c SELECT TOP 10 device FROM stream;
INSERT INTO d SELECT device FROM stream LIMIT 10;
INSERT INTO e SELECT * EXCEPT (temp) FROM stream;
INSERT INTO f SELECT temp::int AS t FROM stream;
INSERT INTO g SELECT device FROM stream WHERE status ~ 'err';
INSERT INTO h SELECT status[0] AS s FROM stream;
INSERT INTO i SELECT device, COUNT(*) AS n FROM stream GROUP BY device, TumblingWindow(minute, 1);
INSERT INTO j SELECT device, COUNT(*) AS n FROM stream GROUP BY ROLLUP(device, STEP(at BY INTERVAL '1' MINUTE));
INSERT INTO k SELECT device, AVERAGE(temp) AS t FROM stream GROUP BY device, STEP(at BY INTERVAL '1' MINUTE);
INSERT INTO l SELECT device FROM stream WHERE at > NOW() - INTERVAL '5 minutes';
INSERT INTO m SELECT device FROM stream WHERE at > NOW() - INTERVAL 2 WEEK;
INSERT INTO n SELECT device + '-' + status AS name FROM stream;
INSERT INTO o SELECT device FROM stream TIMESTAMP BY at;
CREATE STREAM p AS SELECT device FROM stream;
