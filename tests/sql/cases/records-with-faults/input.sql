-- No record stops the job: what does not fit is NULL and the row stays, what is no object is skipped.
SELECT id, small, exact, flag, nested, who, id + small AS total FROM stream;
