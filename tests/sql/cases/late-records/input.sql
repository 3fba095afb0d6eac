-- A window of ten seconds closes when a record of twelve has come. What comes then is left out, and moves nothing.
SELECT k, COUNT(*) AS n, window_start AS since FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
