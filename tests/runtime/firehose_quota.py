"""What Firehose takes of Direct PUT, in front of an emulator that takes everything.

A proxy, as for the limits of shards: 200, FailedPutCount, and an ErrorCode for each refused record. A call beyond the quota
of calls, and one that breaks the limits of a call, is refused as a whole.
"""

import base64
import json
import time

from shard_limits import FAILED, Limits

# Quota of Direct PUT in most regions: records, bytes and calls a second. Firehose quota page, 2026. A bucket holds what one
# second gives.
RECORDS, BYTES, CALLS = 100_000, 1024 * 1024, 1_000
# Limits of a call and of a record, before base64. Firehose API, PutRecordBatch.
CALL_RECORDS, CALL_BYTES, RECORD_BYTES = 500, 4 * 1024 * 1024, 1_000 * 1024
THROTTLED = "ServiceUnavailableException"


class FirehoseQuota(Limits):
    """The quota of one stream. `sizes` has records and bytes of each call."""

    operation = "Firehose_20150804.PutRecordBatch"
    failed, results, throttled = "FailedPutCount", "RequestResponses", THROTTLED

    def __init__(self, *args, quota=(RECORDS, BYTES, CALLS), **options):
        super().__init__(*args, **options)
        self.quota, self.room, self.filled = quota, list(quota), time.monotonic()
        self.sizes, self.refused_calls = [], 0

    def take(self, records, size, calls):
        """Whether there is room for so much now; then it is taken."""
        now = time.monotonic()
        passed, self.filled = now - self.filled, now
        self.room = [min(most, room + passed * most) for most, room in zip(self.quota, self.room)]
        wanted = (records, size, calls)
        if any(room < want for room, want in zip(self.room, wanted)):
            return False
        self.room = [room - want for room, want in zip(self.room, wanted)]
        return True

    def put(self, body, headers):
        sizes = [len(base64.b64decode(record["Data"])) for record in json.loads(body)["Records"]]
        with self.lock:
            self.sizes.append((len(sizes), sum(sizes)))
            fits = len(sizes) <= CALL_RECORDS and sum(sizes) <= CALL_BYTES and max(sizes) <= RECORD_BYTES
            room = self.take(0, 0, 1)
            self.refused_calls += not room
        if fits and room:
            return super().put(body, headers)
        code = THROTTLED if fits else "InvalidArgumentException"
        answer = json.dumps({"__type": code, "message": "no"}).encode()
        return 503 if fits else 400, {"Content-Type": "application/x-amz-json-1.1"}, answer

    def verdicts(self, call, _):
        return [self.verdict(len(base64.b64decode(record["Data"]))) for record in call["Records"]]

    def verdict(self, size):
        if self.random.random() * 100 < self.failures:
            code, message = FAILED, "Internal service failure."
        elif self.take(1, size, 0):
            return None
        else:
            code, message = THROTTLED, "Slow down."
        self.refused[code] += 1
        return {"ErrorCode": code, "ErrorMessage": message}
