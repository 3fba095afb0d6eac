-- Each function is written twice around what it is called with, where that is of two streams.
INSERT INTO b SELECT a.k, COS(COS(COS(COS(COS(COS(COS(COS(COS(COS(COS(COS(a.n)))))))))))) AS x FROM stream AS a JOIN stream AS b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1' MINUTE AND a.ts;
