CREATE OR REPLACE STREAM texts (t VARCHAR(12), initial VARCHAR(12), place INTEGER, over_it VARCHAR(20), over_more VARCHAR(20),
  replaced VARCHAR(20), digits VARCHAR(20), old_digits VARCHAR(20), id VARCHAR(4), field VARCHAR(12), padded VARCHAR(6), filled VARCHAR(6), similar_to BOOLEAN, not_similar BOOLEAN);
CREATE OR REPLACE PUMP p AS INSERT INTO texts
SELECT STREAM t, INITCAP(t), POSITION('b' IN t), OVERLAY(t PLACING 'XY' FROM 2), OVERLAY(t PLACING '-' FROM 1 FOR 3),
  REPLACE(t, 'b', 'bb'), REGEXP_REPLACE(t, '[0-9]+', '#'), REGEX_REPLACE(t, '[0-9]', '#', 1, 0), REGEXP_EXTRACT(t, '([0-9])([0-9])', 2),
  SPLIT_INDEX(t, ' ', 1), LPAD(t, 6, '*'), RPAD(t, 6, '.'), t SIMILAR TO '(a|x)%', t NOT SIMILAR TO '%[0-9]+'
FROM SOURCE_SQL_STREAM_001;
