-- Rows of an array's objects, each of them twice by UNION ALL where it is dear; what the filter leaves of none is none.
INSERT INTO "LINES"
SELECT "id", "who", "item", "qty" * "net" AS "total" FROM stream WHERE "qty" IS NULL OR "qty" > 0
UNION ALL
SELECT "id", 'dear', "item", "net" FROM stream WHERE "net" > 100
