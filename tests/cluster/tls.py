#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TLS connections of OpenSSL's, whose ClientHello goes in any pieces.

usage: tls.py HOST PORT PATH < TABLE

A connection a line: SNI ALPN [WORD...]; "-" is none, ALPN a list with commas. Words:

    pad:N           more protocols that nobody has, until the hello has N bytes
    records:N       in TLS records of N bytes, which is nothing that the handshake could tell
    segments:N      in TCP segments of N bytes, each acknowledged before the next is sent

Asks for PATH and prints, for each, WHO PROTOCOL LENGTH: X-Backend, the protocol agreed on or "-",
bytes of the body; or why there is none: "alert NAME", "eof", "reset", "late".
"""

import fcntl
import socket
import ssl
import struct
import sys
import termios
import time

from ask import SLOWNESS, Response

POLL = 0.002
RECORD = 5


def records(hello, size):
    """The message in the only record that OpenSSL has made of it, in many"""
    head, message = hello[:3], hello[RECORD:]
    parts = (message[i:i + size] for i in range(0, len(message), size))
    return b"".join(head + struct.pack("!H", len(part)) + part for part in parts)


class Stream:
    """What Response reads from"""

    def __init__(self, connection):
        self.connection = connection

    def recv(self, size):
        return self.connection.step(lambda: self.connection.tls.read(size))


class Connection:
    def __init__(self, address, sni, alpn, pad):
        self.address = address
        self.begin(sni, alpn)
        while len(self.hello) < pad:
            # A protocol has its length in front; the first has the extension's, too.
            missing = pad - len(self.hello) - (1 if alpn else 7)
            alpn = alpn + [f"{len(alpn):03}".ljust(min(max(missing, 3), 200), "x")]
            self.begin(sni, alpn)

    def begin(self, sni, alpn):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if alpn:
            context.set_alpn_protocols(alpn)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=sni)
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            self.hello = self.outgoing.read()

    def connect(self, size):
        family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(20.0 * SLOWNESS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.connect(self.address)
        for i in range(0, len(self.hello), size):
            if i:
                self.acked()
            self.sock.sendall(self.hello[i:i + size])

    def acked(self):
        deadline = time.monotonic() + 20.0 * SLOWNESS
        while struct.unpack("i", fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4))[0]:
            if time.monotonic() > deadline:
                raise TimeoutError
            # Only so that the poll leaves the CPU to others.
            time.sleep(POLL)

    def step(self, what):
        """Until OpenSSL has done it, or the connection has ended"""
        while True:
            try:
                done = what()
                self.sock.sendall(self.outgoing.read())
                return done
            except ssl.SSLWantReadError:
                self.sock.sendall(self.outgoing.read())
            got = self.sock.recv(1 << 16)
            if got:
                self.incoming.write(got)
            else:
                self.incoming.write_eof()

    def ask(self, path):
        self.step(self.tls.do_handshake)
        self.step(lambda: self.tls.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
        response = Response(Stream(self))
        return f"{response.backend} {self.tls.selected_alpn_protocol() or '-'} {len(response.body)}"


def ask(address, path, sni, alpn, *words):
    how = dict(word.split(":") for word in words)
    connection = Connection(address, None if sni == "-" else sni, [] if alpn == "-" else alpn.split(","),
                            int(how.get("pad", 0)))
    if "records" in how:
        connection.hello = records(connection.hello, int(how["records"]))
    try:
        connection.connect(int(how.get("segments", 1 << 20)))
        return connection.ask(path)
    except ssl.SSLEOFError:
        return "eof"
    except ssl.SSLError as why:
        return f"alert {why.reason}"
    except ConnectionResetError:
        return "reset"
    except (TimeoutError, socket.timeout):
        return "late"


def main():
    host, port, path = sys.argv[1:]
    for line in sys.stdin:
        print(ask((host, int(port)), path, *line.split()), flush=True)


if __name__ == "__main__":
    main()
