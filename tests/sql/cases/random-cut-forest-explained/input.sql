-- Every argument, columns that are no numbers, names that the generated SQL has for itself, and the time of the records.
INSERT INTO "scored"
SELECT "at", "pipec_score", "Systolic", ANOMALY_SCORE, ANOMALY_EXPLANATION
FROM TABLE(RANDOM_CUT_FOREST_WITH_EXPLANATION(
  CURSOR(SELECT STREAM "at", "Systolic", CAST("Diastolic" AS DOUBLE) AS "Diastolic", "who" AS "pipec_score" FROM stream),
  50, 128, 4320, 4, TRUE)) AS s
WHERE s.ANOMALY_SCORE > 1.5;

INSERT INTO "attributed"
SELECT window_end AS "until", MAX(ANOMALY_SCORE) AS "most", MAX(ANOMALY_EXPLANATION) AS "why"
FROM TABLE(TUMBLE((SELECT * FROM TABLE(RANDOM_CUT_FOREST_WITH_EXPLANATION(CURSOR(
  SELECT STREAM "at", "Systolic" + 1 AS "Higher" FROM stream WHERE "who" <> 'nobody'), 10, 10, 11))),
  DESCRIPTOR("at"), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
