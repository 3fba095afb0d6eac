-- The deviation of what is computed of the rows of a window by the clock.
INSERT INTO "deviations" SELECT STDDEV_POP("n" + 1) AS "of_sums", VAR_POP("n") AS "of_whole", COUNT(*) AS "c"
FROM stream GROUP BY STEP(stream.ROWTIME BY INTERVAL '1' MINUTE);
