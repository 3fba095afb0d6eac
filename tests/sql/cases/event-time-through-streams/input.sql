-- A stream that hands the column on hands on the time, also under another name.
CREATE OR REPLACE STREAM errors (happened TIMESTAMP, shout VARCHAR(6));
CREATE OR REPLACE PUMP a AS INSERT INTO errors SELECT STREAM ts, level || '!' FROM SOURCE_SQL_STREAM_001 WHERE level <> 'INFO';
CREATE OR REPLACE STREAM rates (hour_start TIMESTAMP, shout VARCHAR(6), n INTEGER);
CREATE OR REPLACE PUMP b AS INSERT INTO rates SELECT STREAM FLOOR(happened TO HOUR), shout, COUNT(*) FROM errors GROUP BY FLOOR(happened TO HOUR), shout;
