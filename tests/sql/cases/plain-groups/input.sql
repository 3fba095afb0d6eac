-- What AS calls a value is a name in GROUP BY and HAVING.
SELECT LOWER(device_id) AS device, AVG(temp) AS avg_temp, COUNT(*) AS n
FROM stream
GROUP BY device, STEP(ROWTIME BY INTERVAL '1' MINUTE)
HAVING n > 1 AND Avg_Temp < 100
