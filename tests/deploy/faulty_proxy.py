"""A way to an emulator on which things go wrong, call by call.

A call is what the SDK calls one: all attempts of it carry the same `amz-sdk-invocation-id`. Calls count from 1.
"""

import contextlib
import http.client
import re
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Answers that the emulator never gets to see: HTTP status and AWS's code, for the query services and for S3.
ANSWERS = {
    "internal-error": ((500, "InternalFailure"), (500, "InternalError")),
    "unavailable": ((503, "ServiceUnavailable"), (503, "ServiceUnavailable")),
    "throttling": ((400, "Throttling"), (503, "SlowDown")),
}
KINDS = (
    *ANSWERS,
    "dropped",  # the connection ends before the request is passed on
    "half-sent",  # half of the request's body is passed on, then both connections end
    "lost",  # the request is passed on, the answer is not
    "cut",  # half of the answer is passed on
)
# The connection stays open and nothing comes.
HANG = "hang"


@dataclass(frozen=True)
class Call:
    """A call, counted from 1."""

    number: int
    # The SDK's, from 1.
    attempt: int
    # CloudFormation's and STS's name of it; `None` for S3.
    action: str | None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream, fault):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream, self.fault = urlsplit(upstream).netloc, fault
        self.numbers, self.lock, self.hit = {}, threading.Lock(), []

    def call(self, headers, body):
        attempt = int(re.search(r"attempt=(\d+)", headers.get("amz-sdk-request", "attempt=1"))[1])
        with self.lock:
            number = self.numbers.setdefault(headers["amz-sdk-invocation-id"], len(self.numbers) + 1)
        action = re.match(rb"Action=(\w+)", body)
        return Call(number, attempt, action and action[1].decode())

    def handle_error(self, request, client_address):
        """A client that is killed, or does not wait, is no fault of the proxy."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        assert "Transfer-Encoding" not in self.headers
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.server.fault(self.server.call(self.headers, body))
        if kind:
            self.server.hit.append(kind)
        if kind in ANSWERS:
            self.refuse(kind)
        elif kind == "dropped":
            self.end()
        elif kind == "half-sent":
            with socket.create_connection(self.server.upstream.split(":")) as upstream:
                head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
                upstream.sendall(f"{self.requestline}\r\n{head}\r\n".encode() + body[: len(body) // 2])
            self.end()
        elif kind == HANG:
            # Until the client has had enough.
            self.connection.recv(1)
            self.end()
        else:
            self.forward(body, kind)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

    def forward(self, body, kind):
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=120)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        if kind == "lost":
            return self.end()
        self.send_response_only(answer.status, answer.reason)
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in SKIPPED]
        if self.command != "HEAD":
            kept.append(("Content-Length", str(len(content))))
        for name, value in kept:
            self.send_header(name, value)
        if kind == "cut" and not content:
            # Without a body, the head is cut.
            del self._headers_buffer[-1:]
            self.flush_headers()
            return self.end()
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if kind == "cut" else content)
        if kind == "cut":
            self.end()

    def refuse(self, kind):
        of_s3 = self.path.split("?")[0] != "/"
        status, code = ANSWERS[kind][of_s3]
        error = f"<Error><Code>{code}</Code><Message>made up</Message></Error>"
        content = (error if of_s3 else f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>").encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def end(self):
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_):
        pass


# Headers that the proxy writes itself.
SKIPPED = {"connection", "content-length", "transfer-encoding"}


@contextlib.contextmanager
def faulty_proxy(upstream, fault):
    """A proxy whose `fault` tells of a Call what goes wrong with it: one of KINDS, HANG, or None."""
    server = _Server(upstream, fault)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
