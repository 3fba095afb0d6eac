SELECT "a" FROM stream
