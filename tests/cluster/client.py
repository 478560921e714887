# SPDX-License-Identifier: GPL-2.0
"""A client that knows every byte that it is to get, for soak.py and transfers.py."""

import os
import socket
import struct
import time

# A kernel that looks for errors is slower.
LIMIT = 60.0 * int(os.environ.get("BTCP_SLOWNESS", "1"))


class Broken(Exception):
    pass


class Wrong(Exception):
    pass


class Client:
    """www is the folder of what the servers have"""

    def __init__(self, host, www):
        self.host, self.www = host, www
        self.data = b""
        self.sock = None

    def connect(self, **options):
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(LIMIT)
        if "rcvbuf" in options:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["rcvbuf"])
        self.sock.connect((self.host, 80))
        self.data = b""

    def ask(self, path, *fields, method="GET"):
        lines = (f"{method} {path} HTTP/1.1", "Host: www", *fields, "", "")
        return "\r\n".join(lines).encode()

    def more(self):
        got = self.sock.recv(1 << 16)
        if not got:
            raise Broken("end of the connection")
        self.data += got

    def head(self):
        while b"\r\n\r\n" not in self.data:
            self.more()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        status = lines[0].split(" ")[1]
        fields = dict((n.lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines[1:]))
        return status, fields

    def body(self, name, length, offset=0, pause=0.0, enough=None):
        """Compared as it comes; not a byte is kept."""
        with open(f"{self.www}/{name}", "rb") as f:
            f.seek(offset)
            left = length if enough is None else min(enough, length)
            while left > 0:
                if not self.data:
                    self.more()
                    if pause:
                        time.sleep(pause)
                part, self.data = self.data[:left], self.data[left:]
                if f.read(len(part)) != part:
                    raise Wrong(f"{name}: bytes differ before {f.tell()}")
                left -= len(part)

    def response(self, name, **how):
        status, fields = self.head()
        if status != "200":
            raise Broken(f"status {status}")
        length = int(fields["content-length"])
        if length != os.path.getsize(f"{self.www}/{name}"):
            raise Wrong(f"{name}: Content-Length {length}")
        self.body(name, length, **how)
        return fields

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
