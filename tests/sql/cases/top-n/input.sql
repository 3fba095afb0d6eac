-- The two items of each shop that sold best in each minute.
SELECT shop, item, sold, place, window_end AS until FROM (
  SELECT shop, item, sold, window_start, window_end,
    ROW_NUMBER() OVER (PARTITION BY window_start, window_end, shop ORDER BY sold DESC, item) AS place
  FROM (
    SELECT shop, item, COUNT(*) AS sold, window_start, window_end
    FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
    GROUP BY window_start, window_end, shop, item
  )
) WHERE place <= 2;
