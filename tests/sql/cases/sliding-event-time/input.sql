-- Ordered by the time in the record, also where records come out of order within the allowed lateness.
SELECT "TICKER" AS ticker, "TS" AS ts, SUM("PRICE") OVER (PARTITION BY "TICKER" ORDER BY "TS" RANGE BETWEEN INTERVAL '5' SECOND PRECEDING AND CURRENT ROW) AS total
FROM stream;
