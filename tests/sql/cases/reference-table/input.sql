-- The values of small files, joined by their keys: what is not in the first one stays with NULLs, what is not in the
-- second goes.
CREATE OR REPLACE STREAM "DESTINATION_SQL_STREAM" (ticker VARCHAR(8), company VARCHAR(32), founded DATE, worth DECIMAL(8, 2), price DOUBLE, band VARCHAR(8), listed BOOLEAN);
CREATE OR REPLACE PUMP "STREAM_PUMP" AS INSERT INTO "DESTINATION_SQL_STREAM"
SELECT STREAM s.ticker, "c"."Company", "c"."Founded", "c"."Worth", s.price, b."name", b."listed"
FROM "SOURCE_SQL_STREAM_001" AS s
LEFT JOIN "CompanyName" AS "c" ON s.ticker = "c"."Ticker"
JOIN "Bands" AS b ON b."id" = s.band
WHERE s.price > 0 AND ("c"."Company" IS NULL OR "c"."Company" <> 'Clay''s' OR b."listed");
