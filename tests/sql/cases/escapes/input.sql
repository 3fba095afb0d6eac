SELECT "first", "b`""c" AS "ö ""`", 'it''s ${x} \ $y; 
;

-- no comment' AS literal, U&'\00e9!' AS accent, '' AS nothing FROM stream WHERE "first" <> ';

' AND "first" LIKE '%\_!~%' ESCAPE '\';
