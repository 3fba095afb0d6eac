"""HTTP on loopback for as long as a test needs it, each request in a thread of its own."""

import http.server
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    """One that says nothing on stderr."""

    def log_message(self, *_):
        pass


class Served:
    """Serves from `with` on, on a port of its own; a subclass calls `serve` with its handler."""

    def serve(self, handler):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def port(self):
        return self._server.server_port

    def release(self):
        """Lets go of requests that are held back, before the end."""

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.release()
        self._server.shutdown()
        self._server.server_close()
