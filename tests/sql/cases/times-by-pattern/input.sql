-- Java's letters, words in English, and what does not fit a pattern.
CREATE OR REPLACE STREAM times (words VARCHAR, parts VARCHAR, packed VARCHAR, from_packed TIMESTAMP, from_words TIMESTAMP, from_text TIMESTAMP, of_year TIMESTAMP, half_day TIMESTAMP, middle TIMESTAMP);
CREATE OR REPLACE PUMP p AS INSERT INTO times
SELECT STREAM TIMESTAMP_TO_CHAR('EEEE, d MMM yy hh:mm a', a), TIMESTAMP_TO_CHAR('QQQ, ''day'' DDD, E MMMM', a), TIMESTAMP_TO_CHAR('yyyyMMddHHmmssSSS', a),
  CHAR_TO_TIMESTAMP('yyyyMMddHHmmssSSS', packed), CHAR_TO_TIMESTAMP('E d MMMM yyyy', words), CHAR_TO_TIMESTAMP('dd.MM.yyyy', t),
  CHAR_TO_TIMESTAMP('yyyy D', of_year), CHAR_TO_TIMESTAMP('hh a', half),
  CHAR_TO_TIMESTAMP('yyyy D a', of_year || ' PM')
FROM SOURCE_SQL_STREAM_001;
