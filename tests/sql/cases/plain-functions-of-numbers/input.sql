SELECT ROUND(f) AS round0, ROUND(f, 1) AS round1, ROUND(i, -2) AS hundreds, ROUND(d, 1) AS exact1, ROUND(d, -1) AS tens,
  TRUNCATE(f, 1) AS cut1, TRUNCATE(d) AS exact_cut, SIGN(f) AS sign_f, SIGN(i) AS sign_i,
  POWER(i, 2) AS square, POWER(i - 1250, 0.5) AS root, EXP(f - f) AS one, LOG(1) AS log_e, LOG(10, 100) AS log_10, LOG2(8) AS log_2,
  SIN(f - f) AS sine, COT(f - f) AS cotangent, ACOS(f) AS arc, PI() AS pi, DEGREES(PI()) AS degrees,
  GREATEST(i, 3) AS greatest, LEAST(f, d, 0) AS least, IF(f > 0, 'plus', 'other') AS which, IFNULL(i, -1) AS whole, BIN(5) AS bits,
  HEX(255) AS hex, YEAR(at) AS y, DAYOFWEEK(at) AS weekday, DAYOFYEAR(at) AS yearday, HOUR(at) AS h,
  TO_DATE('2026-01-27') AS day, TO_DATE('27.1.2026', 'd.M.yyyy') AS day_of_pattern, FROM_UNIXTIME(86400) AS since_1970,
  TO_TIMESTAMP_LTZ(86400, 0) AS from_seconds, TO_TIMESTAMP_LTZ(1500, 3) AS from_milliseconds, TRY_CAST('x' AS INTEGER) AS nothing
FROM stream
