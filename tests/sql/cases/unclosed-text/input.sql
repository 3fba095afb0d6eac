SELECT "first" FROM stream WHERE "first" = 'abc;
SELECT 1
