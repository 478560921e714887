#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TCP connections of the kernel's own, step by step.

usage: speak.py HOST PORT STEP... [/ STEP...]

"/" begins the next connection; what is still open then stays open.

before the connection is made (any other step makes it):
    from:PORT       from this port, even if the last connection from it has just ended
    maxseg:N        with this MSS
    rcvbuf:N        with this receive buffer
    limit:SECONDS   how long to wait for anything (20)
sending:
    send:TEXT       in one write (escapes as in ask.py)
    file:PATH       all of a file
    file:PATH:A+N   N bytes of it, from byte A
    bytes:TEXT      one byte a segment, each acknowledged before the next is sent
    acked           until everything sent is acknowledged
    fin             no more from here (half-close)
receiving; each prints a line:
    response        STATUS BACKEND LENGTH complete|truncated|none|excess [INTERIM...]
    response:FILE   the same; the body goes to FILE
    read:N          at least N bytes; "read N"
    save:FILE       all until the end; "eof N" or "reset N"
    end             the same, thrown away
    closed          the connection is gone or going: like end, but "late" is no error
ending:
    reset           RST
    close           FIN, the socket is gone
meeting others:
    touch:PATH      makes a file
    await:PATH      until somebody made that file
    port            prints the local port
"""

import fcntl
import os
import socket
import struct
import sys
import termios
import time

from ask import SLOWNESS, Response, unescape

POLL = 0.005


class Late(Exception):
    pass


class Connection:
    def __init__(self, host, port):
        self.address = (host, port)
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.new = socket.socket(self.family, socket.SOCK_STREAM)
        self.limit = 20.0 * SLOWNESS
        self.made = None
        self.rest = b""

    @property
    def sock(self):
        if not self.made:
            self.new.settimeout(self.limit)
            self.new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.new.connect(self.address)
            self.made = self.new
        return self.made

    def until(self, condition, what):
        deadline = time.monotonic() + self.limit
        while not condition():
            if time.monotonic() > deadline:
                raise Late(what)
            # Only so that the poll leaves the CPU to others.
            time.sleep(POLL)

    def _unacked(self):
        return struct.unpack("i", fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4))[0]

    # -- before the connection

    def step_from(self, port):
        self.new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.new.bind(("::" if self.family == socket.AF_INET6 else "", int(port)))

    def step_maxseg(self, n):
        self.new.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, int(n))

    def step_rcvbuf(self, n):
        self.new.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(n))

    def step_limit(self, seconds):
        self.limit = float(seconds) * SLOWNESS

    # -- sending

    def step_connect(self, _):
        self.sock.getpeername()

    def step_send(self, text):
        self.sock.sendall(unescape(text))

    def step_file(self, what):
        path, _, part = what.partition(":")
        with open(path, "rb") as f:
            if part:
                begin, _, n = part.partition("+")
                f.seek(int(begin))
                self.sock.sendall(f.read(int(n)) if n else f.read())
            else:
                self.sock.sendall(f.read())

    def step_bytes(self, text):
        for b in unescape(text):
            self.sock.sendall(bytes([b]))
            self.step_acked(None)

    def step_acked(self, _):
        self.until(lambda: self._unacked() == 0, "acknowledgement")

    def step_fin(self, _):
        self.sock.shutdown(socket.SHUT_WR)

    # -- receiving

    def step_response(self, path):
        r = Response(self.sock, self.rest)
        self.rest = r.data
        if path:
            with open(path, "wb") as f:
                f.write(r.body)
        how = "complete" if r.complete else "none" if r.status == "-" else "truncated"
        print(r.status, r.backend, len(r.body), how, *r.interim)

    def step_read(self, n):
        have = 0
        while have < int(n):
            got = self.sock.recv(min(65536, int(n) - have))
            if not got:
                break
            have += len(got)
        print("read", have)

    def _end(self, out=None):
        have = len(self.rest)
        if out:
            out.write(self.rest)
        self.rest = b""
        while True:
            try:
                got = self.sock.recv(1 << 18)
            except ConnectionResetError:
                return "reset", have
            if not got:
                return "eof", have
            have += len(got)
            if out:
                out.write(got)

    def step_end(self, _):
        print(*self._end())

    def step_closed(self, _):
        try:
            print(*self._end())
        except (TimeoutError, socket.timeout):
            print("late")

    def step_save(self, path):
        with open(path, "wb") as f:
            print(*self._end(f))

    # -- ending

    def step_reset(self, _):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def step_close(self, _):
        self.sock.close()

    # -- meeting others

    def step_touch(self, path):
        with open(path, "w"):
            pass

    def step_await(self, path):
        self.until(lambda: os.path.exists(path), path)

    def step_port(self, _):
        print(self.sock.getsockname()[1])


def main():
    connection = Connection(sys.argv[1], int(sys.argv[2]))
    kept = []
    for step in sys.argv[3:]:
        if step == "/":
            kept.append(connection)
            connection = Connection(sys.argv[1], int(sys.argv[2]))
            continue
        verb, _, argument = step.partition(":")
        try:
            getattr(connection, "step_" + verb)(argument)
        except (OSError, Late) as why:
            print(f"{verb}: {type(why).__name__} {why}", flush=True)
            sys.exit(1)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
