-- Constants divided by what is computed of constants: in values, conditions, one inside of another, by way of a stream; and
-- columns whose value a condition says.
CREATE OR REPLACE STREAM parts ("five" INTEGER, "two" INTEGER, "none" INTEGER, "i" INTEGER);
CREATE OR REPLACE PUMP p AS INSERT INTO parts SELECT STREAM 5, 1 + 1, 1 - 1, "i" FROM stream WHERE 5 / (1 + 1) = 2;
CREATE OR REPLACE STREAM results (
  "a" INTEGER, "b" INTEGER, "c" DOUBLE, "d" INTEGER, "e" INTEGER, "f" INTEGER, "g" INTEGER, "h" INTEGER, "k" INTEGER
);
CREATE OR REPLACE PUMP q AS INSERT INTO results
SELECT STREAM 5 / (1 + 1), 5 / (1 - 1), 1e0 / (1e0 + 1e0), 5 / (6 / (1 + 1)), (2 + 3) / 2 / (1 + 1), "five" / "two",
  "five" / "none", "i" / (1 + 1), MOD(5, 1 + 1)
FROM parts WHERE "i" > 12 / CHAR_LENGTH('abc');
CREATE OR REPLACE STREAM more ("a" INTEGER, "b" DECIMAL(8, 4), "c" DECIMAL(8, 4), "d" INTEGER);
CREATE OR REPLACE PUMP r AS INSERT INTO more
SELECT STREAM CASE WHEN 9 / (2 + 1) > 2 THEN 9 / (2 + 1) ELSE 0 END, 1.5 / (1.0 + 1), 1 / (0.5 + 1.5), COALESCE(7 / NULLIF(2, 2), -(8 / (-2 - 2)))
FROM stream WHERE "i" BETWEEN 4 / (1 + 1) AND 100 / (1 + 0);;
CREATE OR REPLACE STREAM known ("a" INTEGER, "b" INTEGER, "c" DOUBLE, "d" DECIMAL(8, 4));
CREATE OR REPLACE PUMP s AS INSERT INTO known
SELECT STREAM 15 / "i", "i" / "i", "f" / "f", CAST(1.5 / "i" AS DECIMAL(8, 4)) FROM stream
WHERE "i" = 5 AND "f" IN (1) AND 5.0 / "i" = 1
