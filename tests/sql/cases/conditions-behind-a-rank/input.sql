-- Conditions on a place beside the one that bounds it, in the same SELECT and in later ones.
INSERT INTO counts SELECT shop, item, COUNT(*) AS sold, window_start AS since, window_end AS until
FROM TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, shop, item;
INSERT INTO ranks SELECT shop, item, place FROM (
  SELECT shop, item, ROW_NUMBER() OVER (PARTITION BY since, until, shop ORDER BY sold DESC, item) AS place FROM counts
) WHERE place <= 2;
INSERT INTO firsts SELECT shop, item FROM ranks WHERE place IN (1, 7);
INSERT INTO seconds SELECT shop, item FROM ranks WHERE place * 2 = 4;
INSERT INTO later_ones SELECT shop, item FROM (
  SELECT shop, item, ROW_NUMBER() OVER (PARTITION BY since, until, shop ORDER BY sold DESC, item) AS place FROM counts
) WHERE place <= 3 AND place <> 1;
