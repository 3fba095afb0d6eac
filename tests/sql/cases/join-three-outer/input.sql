-- A row without a b has no time of one that a c would have to be near.
SELECT a."k" AS k, a."n" AS a, b."n" AS b, c."n" AS c
FROM stream OVER (RANGE INTERVAL '20' SECOND PRECEDING) AS a
LEFT JOIN stream OVER (RANGE INTERVAL '10' SECOND PRECEDING) AS b ON a."k" = b."k" AND b."kind" = 'b'
LEFT JOIN stream OVER (RANGE INTERVAL '15' SECOND PRECEDING) AS c ON a."k" = c."k" AND c."kind" = 'c'
WHERE a."kind" = 'a';
