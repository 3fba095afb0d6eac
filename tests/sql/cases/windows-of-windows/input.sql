-- Ten seconds, and the minutes made of them. The inner rows also leave: nobody but the outer query reads them.
CREATE OR REPLACE STREAM tens (ticker VARCHAR(4), n INTEGER, top DOUBLE);
CREATE OR REPLACE STREAM minutes (ticker VARCHAR(4), n INTEGER, parts INTEGER, top DOUBLE);
CREATE OR REPLACE PUMP outer_pump AS INSERT INTO minutes
SELECT STREAM ticker, SUM(n), COUNT(*), MAX(top) FROM tens GROUP BY ticker, STEP(tens.ROWTIME BY INTERVAL '1' MINUTE);
CREATE OR REPLACE PUMP inner_pump AS INSERT INTO tens
SELECT STREAM ticker, COUNT(*), MAX(price) FROM SOURCE_SQL_STREAM_001
GROUP BY ticker, STEP(SOURCE_SQL_STREAM_001.ROWTIME BY INTERVAL '10' SECOND);
