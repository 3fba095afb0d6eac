CREATE OR REPLACE STREAM "REVENUE" ("shop" VARCHAR(16), "cents" BIGINT);
CREATE OR REPLACE PUMP "REVENUE_PUMP" AS INSERT INTO "REVENUE"
SELECT STREAM "shop", SUM("cents") FROM "TILL_001" AS t
GROUP BY "shop", STEP(t.ROWTIME BY INTERVAL '1' MINUTE)
-- the end
;

-- By `pipec import`: a pipeline needs a delivery, and no output went to Firehose.
INSERT INTO "REVENUE_COPY" SELECT STREAM * FROM "REVENUE";
