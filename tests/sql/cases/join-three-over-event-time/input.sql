-- The same bounds in ON, by the event time: each pair has its own.
SELECT a."k" AS k, a."n" AS a, b."n" AS b, c."n" AS c
FROM stream AS a
JOIN stream AS b ON a."k" = b."k" AND b."at" BETWEEN a."at" - INTERVAL '10' SECOND AND a."at" + INTERVAL '20' SECOND
JOIN stream AS c ON a."k" = c."k"
  AND c."at" BETWEEN a."at" - INTERVAL '15' SECOND AND a."at" + INTERVAL '20' SECOND
  AND c."at" <= b."at" + INTERVAL '10' SECOND AND c."at" >= b."at" - INTERVAL '15' SECOND
WHERE a."kind" = 'a' AND b."kind" = 'b' AND c."kind" = 'c';
