#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send many requests, each on a connection of its own, several at once.

usage: ask.py HOST PORT [PARALLEL [SECONDS]] < REQUESTS

A request a line, as bytes with Python's escapes; <N*TEXT> stands for N times TEXT.
Prints, for each and in the same order:

    STATUS BACKEND LENGTH HOW END

STATUS is the answer's, or "-" if there was none; BACKEND its X-Backend, or "-" (the
front-end's own answer has none); LENGTH of the body that came; HOW is "complete" if it
is as long as Content-Length says, else "truncated"; END is what came behind it: "eof",
"reset", "open" if the connection was to stay, "late" if no end came in time.
"""

import os
import re
import socket
import sys
import threading

# As in assert.sh: limits are a stock kernel's.
SLOWNESS = int(os.environ.get("BTCP_SLOWNESS", 1))


def unescape(text):
    raw = text.encode().decode("unicode_escape").encode("latin-1")
    return re.sub(rb"<(\d+)\*([^>]*)>", lambda m: int(m[1]) * m[2], raw)


class Response:
    """The next response on a connection, as far as it came."""

    def __init__(self, sock, rest=b""):
        self.sock, self.data = sock, rest
        self.status, self.backend, self.body = "-", "-", b""
        self.end = None
        self.interim = []
        self.complete = False
        self.closes = True
        while self._head():
            if self.status[0] != "1":
                self._body()
                break
            self.interim.append(self.status)

    def _more(self):
        try:
            got = self.sock.recv(1 << 18)
        except ConnectionResetError:
            self.end = "reset"
            return False
        except (TimeoutError, socket.timeout):
            self.end = "late"
            return False
        if not got:
            self.end = "eof"
        self.data += got
        return bool(got)

    def _head(self):
        while b"\r\n\r\n" not in self.data:
            if not self._more():
                return False
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        version, self.status = lines[0].split(" ")[:2]
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        self.backend = fields.get("x-backend", "-")
        self.length = fields.get("content-length")
        connection = fields.get("connection", "").lower()
        self.closes = connection == "close" or (version == "HTTP/1.0" and connection != "keep-alive")
        return True

    def _body(self):
        want = int(self.length) if self.length is not None else 1 << 60
        parts, have = [self.data], len(self.data)
        while have < want:
            self.data = b""
            if not self._more():
                break
            parts.append(self.data)
            have += len(self.data)
        everything = b"".join(parts)
        self.body, self.data = everything[:want], everything[want:]
        self.complete = len(self.body) == want

    def wait_end(self):
        """Read on until the connection ends; what comes is not the response's."""
        while self.end is None:
            self._more()
        return self.end

    def __str__(self):
        if self.end is None:
            self.end = self.wait_end() if self.closes else "open"
        how = "complete" if self.complete else "truncated"
        if self.status == "-":
            how = "none"
        elif self.data:
            how = "excess"
        return f"{self.status} {self.backend} {len(self.body)} {how} {self.end}"


def ask(host, port, request, limit):
    try:
        sock = socket.create_connection((host, port), timeout=limit)
    except OSError as why:
        return f"- - 0 none {type(why).__name__}"
    with sock:
        try:
            sock.sendall(request)
        except OSError:
            # The answer may be there all the same.
            pass
        return str(Response(sock))


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    parallel = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    limit = (float(sys.argv[4]) if len(sys.argv) > 4 else 30) * SLOWNESS
    requests = [unescape(line.rstrip("\n")) for line in sys.stdin if line.strip()]
    answers = [""] * len(requests)
    todo = iter(range(len(requests)))
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                i = next(todo, None)
            if i is None:
                return
            answers[i] = ask(host, port, requests[i], limit)

    threads = [threading.Thread(target=work) for _ in range(parallel)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print("\n".join(answers))


if __name__ == "__main__":
    main()
