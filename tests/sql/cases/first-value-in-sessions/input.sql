-- Windows that Flink puts together from others: it cannot merge what its own FIRST_VALUE remembers.
INSERT INTO "SESSIONS"
SELECT "cart", FIRST_VALUE("step") AS "first", LAST_VALUE("step") AS "last",
  FIRST_VALUE("step") IGNORE NULLS AS "first_present", LAST_VALUE("step") IGNORE NULLS AS "last_present", COUNT(*) AS "n"
FROM TABLE(SESSION(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '30' SECOND))
GROUP BY window_start, window_end, "cart";
INSERT INTO "GROWING"
SELECT "cart", window_end AS "until", FIRST_VALUE("step") AS "first", LAST_VALUE("step") AS "last"
FROM TABLE(CUMULATE(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '30' SECOND, INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, "cart";
