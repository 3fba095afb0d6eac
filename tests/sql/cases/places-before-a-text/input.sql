-- Places before the first character count, and hold nothing.
CREATE OR REPLACE STREAM parts (id INTEGER, three VARCHAR(8), counted VARCHAR(8), rest VARCHAR(8), fixed VARCHAR(8), fixed_counted VARCHAR(8), named VARCHAR(24));
CREATE OR REPLACE PUMP p AS INSERT INTO parts
SELECT STREAM "id", SUBSTRING("v" FROM "s" FOR 3), SUBSTRING("v" FROM "s" FOR "n"), SUBSTRING("v" FROM "s"), SUBSTRING("v" FROM -1 FOR 4), SUBSTRING("v" FROM 0 FOR "n"), INITCAP("w")
FROM SOURCE_SQL_STREAM_001;
