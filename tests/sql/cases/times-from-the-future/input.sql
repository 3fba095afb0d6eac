-- A record of the far future has no event time: it ends no window, and is in none. As a column its time stays.
CREATE STREAM minutes (since TIMESTAMP, n INTEGER);
INSERT INTO minutes SELECT STEP("at" BY INTERVAL '1' MINUTE), COUNT(*) FROM stream GROUP BY STEP("at" BY INTERVAL '1' MINUTE);
CREATE STREAM hops (since TIMESTAMP, n INTEGER);
INSERT INTO hops SELECT window_start, COUNT(*) FROM TABLE(HOP(TABLE stream, DESCRIPTOR("at"), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE)) GROUP BY window_start, window_end;
CREATE STREAM growing (until TIMESTAMP, n INTEGER);
INSERT INTO growing SELECT window_end, COUNT(*) FROM TABLE(CUMULATE(TABLE stream, DESCRIPTOR("at"), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE)) GROUP BY window_start, window_end;
CREATE STREAM visits (since TIMESTAMP, n INTEGER);
INSERT INTO visits SELECT window_start, COUNT(*) FROM TABLE(SESSION(TABLE stream, DESCRIPTOR("at"), INTERVAL '30' SECOND)) GROUP BY window_start, window_end;
CREATE STREAM counted (id INTEGER, n INTEGER);
INSERT INTO counted SELECT "id", COUNT(*) OVER (ORDER BY "at" RANGE INTERVAL '1' MINUTE PRECEDING) FROM stream;
CREATE STREAM "pairs" (a INTEGER, b INTEGER);
INSERT INTO "pairs" SELECT a."id", b."id" FROM stream AS a LEFT JOIN stream AS b ON a."id" + 1 = b."id" AND b."at" BETWEEN a."at" AND a."at" + INTERVAL '1' MINUTE;
CREATE STREAM "all" (id INTEGER, "at" TIMESTAMP);
INSERT INTO "all" SELECT "id", "at" FROM stream;
