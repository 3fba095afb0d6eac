-- A join that fills rows with NULLs behind a look-up that has to see each row before.
CREATE OR REPLACE STREAM dear (ticker VARCHAR(8), price DOUBLE);
INSERT INTO dear SELECT ticker, price FROM stream WHERE price > 100;
CREATE OR REPLACE STREAM o (company VARCHAR(32), price DOUBLE);
INSERT INTO o SELECT c."Company", d.price FROM stream AS s
JOIN "Companies" AS c ON c."Ticker" = s.ticker
RIGHT JOIN dear OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS d ON d.ticker = s.ticker;
INSERT INTO o SELECT c."Company", d.price FROM stream AS s
LEFT JOIN "Companies" AS c ON c."Ticker" = COALESCE(s.ticker, 'AMZN')
FULL JOIN dear OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS d ON d.ticker = s.ticker;
INSERT INTO o SELECT c."Company", d.price FROM stream AS s
LEFT JOIN "Companies" AS c ON c."Ticker" = s.ticker
RIGHT JOIN dear OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS d ON d.ticker = s.ticker;
