-- As people from Flink, Postgres and Spark write it: each answer says what to write here.
SELECT device_id FROM stream WHERE city = "Berlin";
INSERT INTO a SELECT temp * 2 AS double_temp FROM stream WHERE double_temp > 10;
INSERT INTO b SELECT device_id, COUNT(*) AS c FROM stream GROUP BY device_id, STEP(ROWTIME BY INTERVAL '1' MINUTE);
INSERT INTO c SELECT device_id, TUMBLE_START(ROWTIME, INTERVAL '1' MINUTE) AS w FROM stream;
CREATE VIEW hot AS SELECT * FROM stream WHERE temp > 30;
INSERT INTO d SELECT * FROM hot;
INSERT INTO e SELECT STRLEN(city) AS a, CHARLENGTH(city) AS b, RAND() AS c, WINDOW(temp, '1 minute') AS d FROM stream;
INSERT INTO f SELECT device_id->>'a' AS a, ROUND(temp, temp) AS b, GREATEST(TRUE, FALSE) AS c, SHA2(city, 1) AS d FROM stream;
INSERT INTO g SELECT device_id FROM stream WHERE device_id IN (SELECT device_id FROM stream);
INSERT INTO h SELECT JSON_VALUE(city, 'a') AS a, IF(temp > 1, 'x') AS b, TUMBLE(temp, INTERVAL '1' MINUTE) AS c FROM stream;
INSERT INTO i SELECT LISTAGG(city) OVER (ROWS 3 PRECEDING) AS a FROM stream;
INSERT INTO j SELECT device_id FROM stream UNION SELECT city FROM stream
