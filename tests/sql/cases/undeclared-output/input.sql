INSERT INTO adults SELECT "first", "last" FROM stream WHERE "age" >= 21;
INSERT INTO adults SELECT "gender", 'x' FROM stream WHERE "age" IS NULL;
INSERT INTO "names" (whole, "n") SELECT "first" || ' ' || "last", CHAR_LENGTH("first") FROM SOURCE_SQL_STREAM_001;
