"""Lambda's deadline, which the emulator does not have: it gives every call the same moment of 1970.

    with Clock(emulator.runtime_api, seconds=14) as clock:
        ...    # a function with AWS_LAMBDA_RUNTIME_API=clock.runtime_api

It stands between a function and the emulator's runtime API, and passes on all but that header.
"""

import http.client
import time
import urllib.parse

from served import Handler, Served

DEADLINE = "lambda-runtime-deadline-ms"
PASSED_ON = "lambda-runtime-"


class Clock(Served):
    """A runtime API in which every call may take so many seconds."""

    def __init__(self, runtime_api, seconds):
        upstream = urllib.parse.urlsplit(runtime_api)
        self._path = upstream.path

        class Answers(Handler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self):
                connection = http.client.HTTPConnection(upstream.netloc)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {n: v for n, v in self.headers.items() if n.lower().startswith(("content-type", PASSED_ON))}
                try:
                    connection.request(self.command, self.path, body, headers)
                    reply = connection.getresponse()
                    content = reply.read()
                except OSError:
                    # The emulator is gone, and with it whoever waits.
                    self.close_connection = True
                    return
                finally:
                    connection.close()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() == DEADLINE:
                        value = str(int((time.time() + seconds) * 1000))
                    if name.lower().startswith(("content-type", PASSED_ON)):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _pass_on

        self.serve(Answers)

    @property
    def runtime_api(self):
        return f"http://127.0.0.1:{self.port}{self._path}"
