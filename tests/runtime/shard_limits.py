"""What a shard takes, in front of a Kinesis emulator that takes everything.

A proxy: of a PutRecords it lets through what a token bucket for each shard has room for, and merges the refusals into
the answer, as Kinesis does: 200, FailedRecordCount, and an ErrorCode for each refused record. All else passes as it is.
"""

import base64
import hashlib
import http.client
import json
import random
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Kinesis Data Streams quotas: writes a second to a shard. A bucket holds what one second gives.
RECORDS = 1000
BYTES = 1024 * 1024
THROTTLED = "ProvisionedThroughputExceededException"
FAILED = "InternalFailure"
TARGET = "X-Amz-Target"


class Shard:
    """A shard's hash keys, and what it still takes now."""

    def __init__(self, name, first, last):
        self.name, self.first, self.last = name, first, last
        self.records, self.bytes, self.filled = RECORDS, BYTES, time.monotonic()

    def takes(self, size):
        now = time.monotonic()
        passed, self.filled = now - self.filled, now
        self.records = min(RECORDS, self.records + passed * RECORDS)
        self.bytes = min(BYTES, self.bytes + passed * BYTES)
        if self.records < 1 or self.bytes < size:
            return False
        self.records -= 1
        self.bytes -= size
        return True


class Limits(ThreadingHTTPServer):
    """Listens on a free port of its own. Of a hundred records it refuses `failures` for no reason at all, by `seed`.

    `operation` is the call that it limits; `failed` and `results` are names in the answer; `throttled` is the code of a
    record that there is no room for.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, upstream, failures=0, seed=7):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urllib.parse.urlparse(upstream)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.failures, self.random = failures, random.Random(seed)
        self.lock = threading.Lock()
        self.refused = {self.throttled: 0, FAILED: 0}
        self.calls = []  # when each call came
        self.denied = False  # refuse every call, as without the permission

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def forward(self, method, path, body, headers):
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def put(self, body, headers):
        call = json.loads(body)
        records = call["Records"]
        with self.lock:
            self.calls.append(time.monotonic())
            verdicts = self.verdicts(call, headers)
        kept = [record for record, verdict in zip(records, verdicts) if verdict is None]
        status, answered, results = 200, {"Content-Type": "application/x-amz-json-1.1"}, iter(())
        if kept:
            smaller = json.dumps(call | {"Records": kept}).encode()
            headers = headers | {"Content-Length": str(len(smaller))}
            status, answered, answer = self.forward("POST", "/", smaller, headers)
            if status != 200:
                return status, answered, answer
            results = iter(json.loads(answer)[self.results])
        merged = [next(results) if verdict is None else verdict for verdict in verdicts]
        answer = {self.failed: len(records) - len(kept), self.results: merged}
        return status, answered, json.dumps(answer).encode()


class ShardLimits(Limits):
    """The limits of each shard."""

    operation = "Kinesis_20131202.PutRecords"
    failed, results, throttled = "FailedRecordCount", "Records", THROTTLED

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.shards = {}

    def shards_of(self, stream, headers):
        """Asked for once: no stream of these tests is split."""
        if stream not in self.shards:
            body = json.dumps({"StreamName": stream}).encode()
            headers = headers | {TARGET: "Kinesis_20131202.ListShards", "Content-Length": str(len(body))}
            _, _, answer = self.forward("POST", "/", body, headers)
            ranges = ((s["ShardId"], s["HashKeyRange"]) for s in json.loads(answer)["Shards"])
            self.shards[stream] = [
                Shard(name, int(keys["StartingHashKey"]), int(keys["EndingHashKey"])) for name, keys in ranges
            ]
        return self.shards[stream]

    def verdicts(self, call, headers):
        shards = self.shards_of(call["StreamName"], headers)
        return [self.verdict(shards, record) for record in call["Records"]]

    def verdict(self, shards, record):
        """Why a record is refused, or None."""
        key = record["PartitionKey"].encode()
        place = int.from_bytes(hashlib.md5(key).digest())
        shard = next(s for s in shards if s.first <= place <= s.last)
        if self.random.random() * 100 < self.failures:
            code, message = FAILED, "Internal service failure."
        elif shard.takes(len(base64.b64decode(record["Data"])) + len(key)):
            return None
        else:
            code, message = THROTTLED, f"Rate exceeded for shard {shard.name}."
        self.refused[code] += 1
        return {"ErrorCode": code, "ErrorMessage": message}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body of an answer leave as one, so that nobody waits for a delayed acknowledgement.
    wbufsize = -1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "host")}
        if self.headers.get(TARGET) != self.server.operation:
            return self.answer(*self.server.forward("POST", self.path, body, headers))
        if self.server.denied:
            denied = {"__type": "AccessDeniedException", "message": "no"}
            return self.answer(400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(denied).encode())
        headers = {k: v for k, v in headers.items() if k.lower() not in ("content-length", TARGET.lower())}
        headers[TARGET] = self.server.operation
        self.answer(*self.server.put(body, headers))

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        pass
