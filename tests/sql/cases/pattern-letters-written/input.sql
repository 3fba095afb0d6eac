-- SimpleDateFormat's letters for days, weeks, hours and zones, and zones that are read.
SELECT TIMESTAMP_TO_CHAR('u w W F kk K ''z'' z Z X', "at") AS "letters", TIMESTAMP_TO_CHAR('yyyy-''W''ww', "at") AS "week",
  CHAR_TO_TIMESTAMP('dd/MMM/yyyy:HH:mm:ss Z', "log") AS "utc" FROM "SOURCE_SQL_STREAM_001";
