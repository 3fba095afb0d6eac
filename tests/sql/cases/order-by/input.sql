-- Left out, but read: a wrong name is wrong there too.
INSERT INTO a SELECT "first" AS f, "age" FROM stream ORDER BY f, "age" DESC, 2, UPPER("last");
INSERT INTO b SELECT "gender", COUNT(*) AS n FROM stream GROUP BY "gender", STEP(ROWTIME BY INTERVAL '1' MINUTE) ORDER BY STEP(ROWTIME BY INTERVAL '1' MINUTE), COUNT(*) DESC, n;
INSERT INTO c SELECT "first" AS f FROM stream ORDER BY "agee", INTICAP("last"), "age" + 'x';
