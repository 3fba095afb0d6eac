-- Functions that Flink alone has.
SELECT JSON_VALUE(v, '$.a.b') AS inside, JSON_VALUE(v, 'lax $.n') AS number, JSON_QUERY(v, '$.a') AS object, JSON_EXISTS(v, '$.n') AS has_n,
  PARSE_URL(url, 'HOST') AS host, PARSE_URL(url, 'QUERY') AS query, IS_DIGIT(v) AS digits, IS_ALPHA(v) AS letters, IS_DECIMAL(v) AS is_number
FROM stream
