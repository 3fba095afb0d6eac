-- A row leaves whichever of the three comes last, and only where all of them came within their windows.
CREATE OR REPLACE STREAM "complete" ("k" INTEGER, "a" INTEGER, "b" INTEGER, "c" INTEGER);
CREATE OR REPLACE PUMP "complete_pump" AS INSERT INTO "complete"
SELECT STREAM a."k", a."n", b."n", c."n"
FROM "SOURCE_SQL_STREAM_001" OVER (RANGE INTERVAL '20' SECOND PRECEDING) AS a
JOIN "SOURCE_SQL_STREAM_001" OVER (RANGE INTERVAL '10' SECOND PRECEDING) AS b ON a."k" = b."k"
JOIN "SOURCE_SQL_STREAM_001" OVER (RANGE INTERVAL '15' SECOND PRECEDING) AS c ON a."k" = c."k"
WHERE a."kind" = 'a' AND b."kind" = 'b' AND c."kind" = 'c';
