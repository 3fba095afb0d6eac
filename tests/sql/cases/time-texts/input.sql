-- Times as languages and databases write them. A time without an offset is one in UTC. CAST and TO_TIMESTAMP read the same.
SELECT "id", "at",
  TO_TIMESTAMP('20' || CAST(MOD("id", 100) AS VARCHAR(2)) || '-03-01T10:00:00.5+02:00') AS "made"
FROM stream
