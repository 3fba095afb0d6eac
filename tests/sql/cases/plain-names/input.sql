-- Names without quotes match in any case; a column keeps its own spelling, and what AS names keeps the one it has there.
INSERT INTO alerts SELECT Device_ID, TEMP AS Temp_C, UPPER(place) AS place_upper FROM Stream WHERE temp > 30;
INSERT INTO Cold
WITH Low AS (SELECT device_id AS Id, temp FROM stream WHERE temp < 10)
SELECT ID, low.TEMP, "Id" || '!' AS "ID" FROM LOW;
INSERT INTO cold SELECT 'none' AS a, 0.5e0 AS b, 'none!' AS c FROM STREAM AS s WHERE S.Temp IS NULL
