SELECT NVL("first", 'x') AS a, "first" || REGEX_REPLACE("last", 'a', 'b', 1, 0) AS b, SUBSTR("first", 1) AS c, LENGTH("first") AS d,
  TO_TIMESTAMP("first") AS e, TRY_CAST("first" AS INTEGER) AS f, "age"::VARCHAR AS g, UPPER(DISTINCT "first") AS h, x.UPPER("first") AS i FROM stream
