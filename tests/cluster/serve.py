#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Servers that do what nginx cannot be made to do, in its place on port 80, or on $PORT.

usage: serve.py HOST READY KIND [ARGUMENT]

HOST is the address to listen on; the file READY appears when it does. KIND:

    never BACKLOG     listens, never accepts
    later BACKLOG GO  the same until the file GO is there; then one answer a connection
    reset BYTES       answers with so many bytes of many more; when all are acknowledged: RST
    patient FILE      reads until the client's FIN, answers with the file, closes
    once              answers "ok" and closes at once, whatever the request says
    greet             no HTTP: says "220 NAME\\r\\n" first, then what the client says
    echo SECONDS      no HTTP: says what the client says; the kernel keeps back, for so long, who has
                      said nothing yet

Every answer names its server in X-Backend; each request that was read whole is a line of
READY.log.
"""

import fcntl
import os
import select
import socket
import struct
import sys
import termios
import threading
import time

POLL = 0.01


def head(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        got = sock.recv(65536)
        if not got:
            break
        data += got
    return data


class Server:
    def __init__(self, host, ready, backlog):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, int(os.environ.get("PORT", "80"))))
        self.sock.listen(backlog)
        self.log = open(ready + ".log", "ab", buffering=0)
        self.name = os.environ.get("BACKEND", "serve")
        with open(ready, "w"):
            pass

    def respond(self, sock, body, length=None):
        self.log.write(b"served\n")
        sock.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nX-Backend: %s\r\nContent-Length: %d\r\n\r\n%s" %
                     (self.name.encode(), len(body) if length is None else length, body))

    def forever(self, handle):
        while True:
            sock, _ = self.sock.accept()
            threading.Thread(target=self._one, args=(handle, sock), daemon=True).start()

    @staticmethod
    def _one(handle, sock):
        try:
            handle(sock)
        except OSError:
            pass

    def reset(self, sock, n):
        head(sock)
        self.respond(sock, b"x" * n, 1 << 30)
        while struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]:
            time.sleep(POLL)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    def patient(self, sock, body):
        while sock.recv(65536):
            pass
        self.respond(sock, body)
        sock.close()

    def greet(self, sock):
        sock.sendall(b"220 %s\r\n" % self.name.encode())
        self.echo(sock)

    @staticmethod
    def echo(sock):
        while got := sock.recv(65536):
            sock.sendall(got)
        sock.close()

    def once(self, sock):
        head(sock)
        self.respond(sock, b"ok\n")
        sock.close()


def main():
    host, ready, kind, *rest = sys.argv[1:]
    backlog = int(rest[0]) if kind in ("never", "later") else 128
    server = Server(host, ready, backlog)
    if kind == "never":
        select.select([], [], [])
    elif kind == "later":
        while not os.path.exists(rest[1]):
            time.sleep(POLL)
        server.forever(server.once)
    elif kind == "reset":
        server.forever(lambda s: server.reset(s, int(rest[0])))
    elif kind == "patient":
        with open(rest[0], "rb") as f:
            body = f.read()
        server.forever(lambda s: server.patient(s, body))
    elif kind == "once":
        server.forever(server.once)
    elif kind == "greet":
        server.forever(server.greet)
    elif kind == "echo":
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, int(rest[0]))
        server.forever(server.echo)
    else:
        sys.exit(f"serve.py: no kind {kind}")


if __name__ == "__main__":
    main()
