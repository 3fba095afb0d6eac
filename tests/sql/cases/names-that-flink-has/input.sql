-- Columns called as Flink calls its own, and one underscore more.
SELECT "window_start", "window_start_", "window_start__" FROM (SELECT * FROM stream) AS s WHERE "window_start" <> "window_start_";
