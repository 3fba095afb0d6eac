INSERT INTO "NAMED" SELECT "id", CASE WHEN "reading" IN (0, 1, 2, 3) THEN 'low' WHEN "reading" NOT IN (0, 9) THEN 'high' ELSE 'nine' END AS "band" FROM stream;
INSERT INTO "EITHER" SELECT "id" FROM stream WHERE "reading" = 0 OR 5 = "reading";
INSERT INTO "NEITHER" SELECT "id" FROM stream WHERE "reading" <> 0.0 AND "reading" <> 5;
INSERT INTO "SIGNED" SELECT "id" FROM stream WHERE -"reading" IN (-0.0, 7);
