"""CloudFormation's end of a custom resource: the URL in S3 that takes the answer.

    with ResponseUrl(first=[503, RESET]) as response:
        ...                 # response.url goes into the request
    response.answers        # the answers that were taken
    response.refused        # why others were not, an entry each

The URL is signed for a PUT without a content type and with a length, as CloudFormation's is, and S3 refuses the rest.
"""

import json
import threading
import urllib.parse

from served import Handler, Served

RESET = "reset"
HANG = "hang"
SIGNATURE = "6b1f0c5e3a8d4f7e9c2b"
# Largest answer, in bytes. Source: CloudFormation User Guide, "Custom resource response objects".
LIMIT = 4096
WORDS = ("Status", "PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId")


class ResponseUrl(Served):
    """The URL at a free port of the loopback device; `first` is what it answers before it takes anything."""

    def __init__(self, first=()):
        self._first = list(first)
        self._lock = threading.Lock()
        self._end = threading.Event()
        self.answers, self.refused, self.attempts = [], [], 0
        response = self

        class Answers(Handler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with response._lock:
                    status = response._take(self.path, self.headers, body)
                if status == HANG:
                    response._end.wait()
                if status in (HANG, RESET):
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.serve(Answers)

    def release(self):
        self._end.set()

    @property
    def url(self):
        path = urllib.parse.quote("arn:aws:cloudformation:us-east-1:123456789012:stack/sample/0e2f|AnalyticsStart|1")
        query = urllib.parse.urlencode({"X-Amz-Expires": "7199", "X-Amz-Signature": SIGNATURE})
        return f"http://localhost:{self.port}/{path}?{query}"

    def _take(self, path, headers, body):
        self.attempts += 1
        if self._first:
            return self._first.pop(0)
        status, why = self._judge(path, headers, body)
        if why:
            self.refused.append(why)
        else:
            self.answers.append(json.loads(body))
        return status

    def _judge(self, path, headers, body):
        if headers.get("Content-Type"):
            return 403, "signed for a request without a content type"
        if "Content-Length" not in headers:
            return 411, "no length"
        if not self.url.endswith(path):
            return 403, f"signed for another path: {path}"
        if len(body) > LIMIT:
            return 200, f"{len(body)} bytes: CloudFormation ignores it"
        answer = json.loads(body)
        for word in WORDS + (("Reason",) if answer.get("Status") == "FAILED" else ()):
            if not (isinstance(answer.get(word), str) and answer[word]):
                return 200, f"no {word}: CloudFormation ignores it"
        if answer["Status"] not in ("SUCCESS", "FAILED"):
            return 200, f"{answer['Status']}: CloudFormation ignores it"
        return 200, None
