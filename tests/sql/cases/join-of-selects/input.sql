-- SELECTs in FROM with a window of their own, columns by a list, GROUP BY and OVER on the join.
CREATE OR REPLACE STREAM "pairs" ("basket" INTEGER, "spread" INTEGER, "so_far" BIGINT);
CREATE OR REPLACE PUMP "p" AS INSERT INTO "pairs"
SELECT STREAM b.basket, a.amount - b.amount, SUM(a.amount - b.amount) OVER (ROWS 5 PRECEDING)
FROM (SELECT STREAM "basket", "amount" FROM "SOURCE_SQL_STREAM_001" WHERE "what" = 'bid')
  OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b(basket, amount)
JOIN (SELECT STREAM "basket", "amount" FROM "SOURCE_SQL_STREAM_001" WHERE "what" = 'ask') OVER w AS a(basket, amount)
  ON a.basket = b.basket
WINDOW w AS (RANGE INTERVAL '1' MINUTE PRECEDING);
CREATE OR REPLACE STREAM "sums" ("minute" TIMESTAMP, "n" INTEGER, "most" INTEGER);
CREATE OR REPLACE PUMP "q" AS INSERT INTO "sums"
SELECT STREAM STEP(b.ROWTIME BY INTERVAL '1' MINUTE), COUNT(*), MAX(a."amount")
FROM "SOURCE_SQL_STREAM_001" OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b
JOIN "SOURCE_SQL_STREAM_001" OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS a
  ON a."basket" = b."basket" AND a."what" = 'ask' AND b."what" = 'bid'
GROUP BY STEP(b.ROWTIME BY INTERVAL '1' MINUTE);
