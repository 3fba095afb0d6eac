SELECT "first" /* the name
FROM stream
