${templatefile(..)}
;

-- By `pipec import`: a pipeline has a delivery, and no output went to Firehose.
INSERT INTO "SLOW_COPY" SELECT STREAM * FROM "SLOW";
