-- Greedy and not, groups that take no part, both cases, and the end before a line break.
CREATE OR REPLACE STREAM found (named VARCHAR, lazy VARCHAR, other VARCHAR, any_case VARCHAR, tail VARCHAR, squeezed VARCHAR, quoted VARCHAR, shaped BOOLEAN, listed BOOLEAN, place INTEGER);
CREATE OR REPLACE PUMP p AS INSERT INTO found
SELECT STREAM REGEXP_EXTRACT(t, '(?<key>\w+)=(\d+)', 1), REGEXP_EXTRACT(t, '<(.*?)>', 1), REGEXP_EXTRACT(t, '(x)|=([0-9]{1,2})', 2), REGEXP_EXTRACT(t, '(?i)ERROR:?', 0),
  REGEXP_EXTRACT(t, '[a-z]+$', 0), REGEXP_REPLACE(t, '\s+', ' '), REGEXP_REPLACE(t, '\Q.\E|[^\p{Alnum}.]', '_'), t SIMILAR TO '%=[0-9]+', t SIMILAR TO '(x|y)_{2}', POSITION('=' || '1' IN t)
FROM SOURCE_SQL_STREAM_001;
