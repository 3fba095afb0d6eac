-- Orders and trades come in one stream; each gets its own, and a trade finds the order of the last minute.
CREATE OR REPLACE STREAM "Orders" ("Order_Id" INTEGER, "Ticker" VARCHAR(4), "Amount" INTEGER);
CREATE OR REPLACE PUMP "OrdersPump" AS INSERT INTO "Orders"
SELECT STREAM "Order_Id", "Ticker", "Amount" FROM "SOURCE_SQL_STREAM_001" WHERE "RecordType" = 'Order';
CREATE OR REPLACE STREAM "Trades" ("Order_Id" INTEGER, "Trade_Id" INTEGER, "Price" DOUBLE);
CREATE OR REPLACE PUMP "TradesPump" AS INSERT INTO "Trades"
SELECT STREAM "Order_Id", "Trade_Id", "Price" FROM "SOURCE_SQL_STREAM_001" WHERE "RecordType" = 'Trade';
CREATE OR REPLACE STREAM "Matches" ("Ticker" VARCHAR(4), "Trade_Id" INTEGER, "Value" DOUBLE);
CREATE OR REPLACE PUMP "MatchesPump" AS INSERT INTO "Matches"
SELECT STREAM o."Ticker", t."Trade_Id", t."Price" * o."Amount"
FROM "Trades" AS t JOIN "Orders" OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS o ON o."Order_Id" = t."Order_Id";
