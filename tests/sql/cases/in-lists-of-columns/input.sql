-- What is searched for has another type than the list: it takes that of the list, not the other way round.
SELECT "id",
  0 IN ("d", 40) AS "zero",
  1 NOT IN ("l", 7) AS "one",
  "t" IN (257, 5) AS "small",
  "t" IN (0.5, 3) AS "half",
  'ab' IN ("v", "c") AS "text",
  "c" IN ("v", 'abcde') AS "fixed"
FROM stream
