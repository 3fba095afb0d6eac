-- Rows of one time are told apart by the order in which they come.
CREATE OR REPLACE STREAM before (id INTEGER, last_id INTEGER, last_value INTEGER, otherwise INTEGER);
CREATE OR REPLACE PUMP p AS INSERT INTO before
SELECT STREAM "id", LAG("id") OVER w, LAG("i", 1) OVER w, LAG("id", 1, 0) OVER w
FROM SOURCE_SQL_STREAM_001 WINDOW w AS (PARTITION BY "k" ORDER BY "at");
CREATE OR REPLACE STREAM before_two (id INTEGER, two_before INTEGER);
CREATE OR REPLACE PUMP q AS INSERT INTO before_two
SELECT STREAM "id", LAG("id", 2) OVER (PARTITION BY "k" ORDER BY "at") FROM SOURCE_SQL_STREAM_001;
