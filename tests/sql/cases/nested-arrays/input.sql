-- One row for each element of an array, other values repeated; an array as a whole is its text. No elements give one row.
CREATE OR REPLACE STREAM items (order_id INTEGER, tags VARCHAR(32), item VARCHAR(8), total DOUBLE, sold TIMESTAMP);
CREATE OR REPLACE PUMP p AS INSERT INTO items
SELECT STREAM order_id, tags, item, net * qty, sold FROM SOURCE_SQL_STREAM_001;
CREATE OR REPLACE STREAM counted (n INTEGER, orders INTEGER);
CREATE OR REPLACE PUMP q AS INSERT INTO counted
SELECT STREAM COUNT(item), COUNT(DISTINCT order_id) FROM SOURCE_SQL_STREAM_001 GROUP BY STEP(SOURCE_SQL_STREAM_001.ROWTIME BY INTERVAL '1' MINUTE);
