SELECT "note", UPPER("note") AS "shouted"
FROM SOURCE_SQL_STREAM_001;
