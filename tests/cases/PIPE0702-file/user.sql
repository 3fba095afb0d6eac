SELECT "first", "aeg"
FROM "SOURCE_SQL_STREAM_001"
WHERE "country" = 'CH'
