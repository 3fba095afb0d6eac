-- The trade before, and what to say when there is none.
CREATE OR REPLACE STREAM changes (ticker VARCHAR(4), price INTEGER, before INTEGER, earlier INTEGER, up BOOLEAN);
CREATE OR REPLACE PUMP p AS INSERT INTO changes
SELECT STREAM ticker, price, LAG(price, 1) OVER (PARTITION BY ticker ORDER BY ROWTIME), LAG(price, 2, 0) OVER (PARTITION BY ticker ORDER BY ROWTIME),
  price > LAG(price) OVER (PARTITION BY ticker ORDER BY ROWTIME)
FROM SOURCE_SQL_STREAM_001;
