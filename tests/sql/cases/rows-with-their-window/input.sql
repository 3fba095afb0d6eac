-- Every row of a window, with its bounds.
SELECT *, window_time FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE n > 1;
