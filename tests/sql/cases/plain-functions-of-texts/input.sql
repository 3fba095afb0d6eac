SELECT LEFT(v, 3) AS left3, LEFT(v, i) AS left_i, RIGHT(v, 3) AS right3, RIGHT(v, -1) AS right_none, REPEAT(v, 2) AS twice, REVERSE(v) AS reversed,
  CONCAT(v, '!', v) AS both_ends, CONCAT_WS('-', v, CAST(NULL AS VARCHAR(2)), 'x') AS with_dash, LENGTH(v) AS length,
  ASCII(v) AS ascii, ASCII('é') AS beyond, CHR(65) AS chr, CHR(i) AS chr_i, HEX(v) AS hex, TO_BASE64(v) AS base64,
  FROM_BASE64('U3RyYcOfZQ==') AS from_base64, FROM_BASE64(v) AS no_base64, MD5(v) AS md5, SHA1(v) AS sha1, SHA224(v) AS sha224,
  SHA256(v) AS sha256, SHA384(v) AS sha384, SHA512(v) AS sha512, SHA2('abc', 256) AS sha2,
  STARTSWITH(v, 'Str') AS starts, ENDSWITH(v, 'SSE') AS ends, REGEXP(v, '[ß]') AS has_sharp_s, REGEXP_SUBSTR(v, 'a.') AS part,
  LTRIM('  a ') AS ltrim, RTRIM('  a ') AS rtrim, BTRIM('  a ') AS btrim, SUBSTR(v, 2, 2) AS substr, INSTR(v, 'r') AS instr, LOCATE('z', v) AS locate,
  ELT(i, 'one', 'two') AS elt, UCASE(v) AS ucase, URL_ENCODE('a b&ß') AS url, URL_DECODE('a+b%26%C3%9F') AS from_url, URL_DECODE('%') AS no_url
FROM stream
