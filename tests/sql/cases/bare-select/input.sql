SELECT "first", "age" + 1 AS next_age FROM stream WHERE "age" >= 21
