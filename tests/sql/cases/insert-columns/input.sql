-- A list of columns may leave some out and change their order; two pumps feed one output.
CREATE OR REPLACE STREAM wide (x INTEGER, y VARCHAR(3), z DOUBLE);
CREATE OR REPLACE PUMP p AS INSERT INTO wide (y, x) SELECT STREAM b, a FROM SOURCE_SQL_STREAM_001 WHERE a > 1;
CREATE OR REPLACE PUMP q AS INSERT INTO wide (z) SELECT STREAM a FROM SOURCE_SQL_STREAM_001 WHERE a <= 1;
