-- All that is wrong with a SELECT is said at once.
INSERT INTO "A" SELECT "age", "agee", COUNT(*) AS n FROM stream GROUP BY "gender", STEP(stream.ROWTIME BY INTERVAL '1' MINUTE) HAVING "last" = 'x';
INSERT INTO "B" SELECT "first", UPER("last") AS l FROM stream WHERE "none" = 1 GROUP BY STEP(stream.ROWTIME BY INTERVAL '1' MINUTE);
INSERT INTO "C" SELECT COUNT(*) AS n, "nobody" FROM stream
