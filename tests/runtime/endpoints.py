"""Firehose's deliveries to HTTP endpoints and to Splunk, from both sides.

    with HttpEndpoint(key="k", responses=["503", "ok"]) as endpoint:
        firehose = Firehose(properties, endpoint, key="k")    # the properties of a generated delivery stream
        firehose.deliver([b"{}", b"{}"])                      # what the transform returned
        endpoint.records                                      # what the endpoint has accepted
        firehose.backup                                       # {key: lines} of the bucket next to it

`HttpEndpoint` accepts what AWS documents ("HTTP endpoint delivery request and response specifications"), and `Collector` what
Splunk documents of its HTTP Event Collector; each fails a request that is not like that. No emulator of AWS sends these requests as
they are documented, so `Firehose` and `FirehoseToSplunk` do, with the settings of a template. Time passes on a clock of their own.
"""

import base64
import gzip
import itertools
import json
import threading
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MIB = 1 << 20
REQUEST_BYTES_MAX = 64 * MIB
REQUEST_RECORDS_MAX = 10_000
RESPONSE_BYTES_MAX = MIB
RESPONSE_S = 180  # that Firehose waits for
BACKOFF_S_MAX = 120
PATIENCE = 0.5  # seconds on the wire that stand for RESPONSE_S
ATTRIBUTES = "X-Amz-Firehose-Common-Attributes"


class Server:
    """A server at a free port of the loopback device, whose `responses` are given in turn; the last one goes on."""

    def __init__(self, responses=("ok",)):
        self._responses = itertools.chain(responses, itertools.repeat(responses[-1]))
        self.requests = []
        self.faults = []
        self._late = threading.Event()

    def __enter__(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers)))
                try:
                    status, headers, reply = outer.respond(self.path, self.headers, body)
                except (AssertionError, KeyError, ValueError) as error:
                    outer.faults.append(repr(error))
                    status, headers, reply = 400, {}, json.dumps({"errorMessage": repr(error)})
                reply = reply.encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_):
        self._late.set()
        self._server.shutdown()
        self._server.server_close()

    def next(self):
        return next(self._responses)

    def be_late(self):
        self._late.wait(10 * PATIENCE)


class HttpEndpoint(Server):
    """An endpoint that accepts requests of Firehose. `strict` as documented; moto leaves the headers out."""

    def __init__(self, key=None, responses=("ok",), strict=True):
        super().__init__(responses)
        self.key, self.strict = key, strict
        self.records = []
        self.attributes = []

    def respond(self, path, headers, body):
        assert path != "/elsewhere", "Firehose follows no redirects"
        kind = self.next()
        if kind == "413":
            return 413, {}, json.dumps({"errorMessage": "too large"})
        if self.strict:
            assert headers["X-Amz-Firehose-Protocol-Version"] == "1.0"
            assert headers["X-Amz-Firehose-Source-Arn"].startswith("arn:aws:firehose:")
            assert headers["Content-Type"] == "application/json"
            if headers.get("X-Amz-Firehose-Access-Key") != self.key:
                return 401, {}, json.dumps({"errorMessage": "unknown key"})
        assert len(body) <= REQUEST_BYTES_MAX
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        request = json.loads(body)
        request_id = request["requestId"]
        assert not self.strict or headers["X-Amz-Firehose-Request-Id"] == request_id
        assert isinstance(request["timestamp"], int)
        assert 0 < len(request["records"]) <= REQUEST_RECORDS_MAX
        records = [base64.b64decode(record["data"], validate=True) for record in request["records"]]
        if kind in ("ok", "wrong-id", "late", "text"):
            self.records += records
            self.attributes.append(json.loads(headers.get(ATTRIBUTES, "{}")))
        if kind == "late":
            self.be_late()
        if kind == "redirect":
            return 301, {"Location": f"{self.address}/elsewhere"}, ""
        if kind == "text":
            return 200, {"Content-Type": "text/plain"}, "stored"
        if kind not in ("ok", "late", "wrong-id"):
            return int(kind), {}, json.dumps({"errorMessage": "not now"})
        reply = {"requestId": request_id if kind != "wrong-id" else "another", "timestamp": 1_779_000_000_000}
        return 200, {}, json.dumps(reply)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def post(url, headers, body):
    """Status, headers and body of a response; a status of 0 is a timeout."""
    try:
        with OPENER.open(urllib.request.Request(url, body, headers), timeout=PATIENCE) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
    except TimeoutError:
        return 0, {}, b""


class Retries:
    """What both kinds have: batches, retries with a backoff, and the bucket for what fails."""

    def __init__(self, settings):
        self.settings = settings
        self.clock = 0
        self.backup = {}

    def deliver(self, records):
        """Sends records, buffered by size."""
        size = self.settings["BufferingHints"]["SizeInMBs"] * MIB
        batch, held = [], 0
        for record in records:
            if batch and held + len(record) > size:
                self._batch(batch)
                batch, held = [], 0
            batch.append(record)
            held += len(record)
        if batch:
            self._batch(batch)

    def _batch(self, batch):
        mode, bucket = self.settings["S3BackupMode"], self.settings["S3Configuration"]
        if mode.startswith("All"):
            self.backup.setdefault(bucket["Prefix"], []).extend(batch)
        start, attempts = self.clock, 0
        while True:
            fault = self.attempt(batch)
            attempts += 1
            if fault is None:
                return
            wait = min(2 ** (attempts - 1), BACKOFF_S_MAX)
            if self.clock + wait - start > self.settings["RetryOptions"]["DurationInSeconds"]:
                break
            self.clock += wait
        code, message = fault
        key = bucket["ErrorOutputPrefix"].replace("!{firehose:error-output-type}", self.error_type)
        self.backup.setdefault(key, []).extend(
            {
                "attemptsMade": attempts,
                "errorCode": code,
                "errorMessage": message,
                "rawData": base64.b64encode(record).decode(),
            }
            for record in batch
        )


class Firehose(Retries):
    """Firehose with an HTTP endpoint."""

    error_type = "http-endpoint-failed"

    def __init__(self, properties, endpoint, key):
        super().__init__(properties["HttpEndpointDestinationConfiguration"])
        self.endpoint, self.key = endpoint, key
        self.dropped = []

    def attempt(self, batch):
        """One request; the fault, if it is one that is retried."""
        to, how = self.settings["EndpointConfiguration"], self.settings["RequestConfiguration"]
        url = urlsplit(to["Url"])
        assert (url.scheme, url.port) in (("https", None), ("https", 443))
        assert len(batch) <= REQUEST_RECORDS_MAX
        request_id = str(uuid.uuid4())
        records = [{"data": base64.b64encode(record).decode()} for record in batch]
        request = {"requestId": request_id, "timestamp": 1_779_000_000_000 + self.clock, "records": records}
        body = json.dumps(request).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Amz-Firehose-Protocol-Version": "1.0",
            "X-Amz-Firehose-Request-Id": request_id,
            "X-Amz-Firehose-Source-Arn": "arn:aws:firehose:us-east-1:111122223333:deliverystream/d",
        }
        if self.settings.get("SecretsManagerConfiguration"):
            headers["X-Amz-Firehose-Access-Key"] = self.key
        if attributes := how.get("CommonAttributes"):
            common = {attribute["AttributeName"]: attribute["AttributeValue"] for attribute in attributes}
            headers[ATTRIBUTES] = json.dumps({"commonAttributes": common})
        if how["ContentEncoding"] == "GZIP":
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        assert len(body) <= REQUEST_BYTES_MAX
        status, reply_headers, reply = post(self.endpoint.address + (url.path or "/"), headers, body)
        if status == 0:
            self.clock += RESPONSE_S
            return "HttpEndpoint.RequestTimeout", "no response"
        if status == 413:
            # Permanent, and without a backup.
            self.dropped += batch
            return None
        if status != 200:
            message = f"The following response was received from the endpoint destination. {status}: {reply.decode()}"
            return "HttpEndpoint.DestinationException", message
        try:
            answer = json.loads(reply)
            right = answer["requestId"] == request_id and isinstance(answer["timestamp"], int)
        except (ValueError, KeyError):
            right = False
        typed = reply_headers.get("Content-Type") == "application/json"
        if right and typed and len(reply) <= RESPONSE_BYTES_MAX:
            return None
        return "HttpEndpoint.InvalidResponseFromDestination", reply.decode()


class Collector(Server):
    """Splunk's HTTP Event Collector: "Set up and use HTTP Event Collector", "About HTTP Event Collector indexer acknowledgment"."""

    def __init__(self, token, responses=("ok",), acknowledges=True):
        super().__init__(responses)
        self.token, self.acknowledges = token, acknowledges
        self.events = []
        self._acks = {}

    def respond(self, path, headers, body):
        url = urlsplit(path)
        if headers.get("Authorization") != f"Splunk {self.token}":
            return 403, {}, json.dumps({"text": "Invalid token", "code": 4})
        channel = parse_qs(url.query).get("channel", [headers.get("X-Splunk-Request-Channel")])[0]
        if self.acknowledges and not channel:
            return 400, {}, json.dumps({"text": "Data channel is missing", "code": 10})
        if url.path == "/services/collector/ack":
            if not self.acknowledges:
                return 400, {}, json.dumps({"text": "ACK is disabled", "code": 14})
            asked = json.loads(body)["acks"]
            return 200, {}, json.dumps({"acks": {str(ack): self._acks.get((channel, ack), False) for ack in asked}})
        kind = self.next()
        if kind not in ("ok", "no-ack"):
            return int(kind), {}, json.dumps({"text": "Server is busy", "code": 9})
        if url.path == "/services/collector/event":
            # One object after the other, with or without space between them.
            text, decoder, objects = body.decode().strip(), json.JSONDecoder(), []
            while text:
                try:
                    found, end = decoder.raw_decode(text)
                except ValueError:
                    return 400, {}, json.dumps({"text": "Invalid data format", "code": 6})
                if "event" not in found:
                    return 400, {}, json.dumps({"text": "Event field is required", "code": 12})
                objects.append(found)
                text = text[end:].strip()
            self.events += objects
        else:
            assert url.path == "/services/collector/raw", url.path
            # LINE_BREAKER of a source type without another one.
            self.events += [line for line in body.decode().replace("\r", "\n").split("\n") if line]
        reply = {"text": "Success", "code": 0}
        if self.acknowledges:
            ack = len(self._acks)
            self._acks[channel, ack] = kind == "ok"
            reply["ackId"] = ack
        return 200, {}, json.dumps(reply)


class FirehoseToSplunk(Retries):
    """Firehose with Splunk."""

    error_type = "splunk-failed"
    POLL_S = 10

    def __init__(self, properties, collector, token):
        super().__init__(properties["SplunkDestinationConfiguration"])
        self.collector, self.token = collector, token
        self.channel = str(uuid.uuid4())

    def attempt(self, batch):
        url = urlsplit(self.settings["HECEndpoint"])
        assert url.scheme == "https" and url.port and not url.path
        kind = {"Raw": "raw", "Event": "event"}[self.settings["HECEndpointType"]]
        status, reply = self._post(kind, b"".join(batch))
        if status != 200:
            code = {4: "Splunk.InvalidToken", 6: "Splunk.InvalidDataFormat", 12: "Splunk.InvalidDataFormat"}
            return code.get(reply["code"], "Splunk.ServerError"), reply["text"]
        if "ackId" not in reply:
            return "Splunk.DisabledAck", reply["text"]
        waited = 0
        while waited < self.settings["HECAcknowledgmentTimeoutInSeconds"]:
            _, acks = self._post("ack", json.dumps({"acks": [reply["ackId"]]}).encode())
            if acks["acks"][str(reply["ackId"])]:
                return None
            waited += self.POLL_S
            self.clock += self.POLL_S
        return "Splunk.AckTimeout", "no acknowledgement"

    def _post(self, path, body):
        url = f"{self.collector.address}/services/collector/{path}?channel={self.channel}"
        status, _, reply = post(url, {"Authorization": f"Splunk {self.token}"}, body)
        return status, json.loads(reply)
