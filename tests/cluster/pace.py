#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Connections at a rate of their own, whatever becomes of those before: one request on each.

usage: pace.py HOST PORT RATE STOP REQUEST [BEHIND]

Goes on until the file STOP exists, and then until all have ended. REQUEST has ask.py's
escapes; {n} in it is the connection's number. Prints a line for each, when it ends:

    START END NUMBER STATUS BACKEND HOW

START and END are seconds of the monotonic clock (as /proc/uptime has them); STATUS and
BACKEND are the answer's or "-"; HOW is "complete", "truncated" or "none", and behind it,
with a slash, what ended it: "eof", "reset" or "late" (after 20 s). On a machine too slow
for RATE all that is overdue is made up for, or with BEHIND only what is by less than so
many seconds.
"""

import os
import selectors
import socket
import sys
import time

from ask import unescape

LIMIT = 20.0


class Connection:
    def __init__(self, address, family, number, request):
        self.number, self.start = number, time.monotonic()
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.setblocking(False)
        self.sock.connect_ex(address)
        self.request, self.data = request, b""

    def write(self):
        """True if all was sent."""
        try:
            sent = self.sock.send(self.request)
        except BlockingIOError:
            return False
        except OSError:
            # Reading tells what it is.
            return True
        self.request = self.request[sent:]
        return not self.request

    def read(self):
        """How it ended, or None."""
        try:
            got = self.sock.recv(1 << 16)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            return "reset"
        except OSError as why:
            return type(why).__name__
        self.data += got
        return None if got else "eof"

    def tell(self, how):
        head, _, body = self.data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        status = lines[0].split(" ")[1] if " " in lines[0] else "-"
        whole = "none"
        if status != "-":
            whole = "complete" if str(len(body)) == fields.get("content-length") else "truncated"
        print("%.3f %.3f %d %s %s %s/%s" % (self.start, time.monotonic(), self.number, status,
                                            fields.get("x-backend", "-"), whole, how), flush=True)
        self.sock.close()


def main():
    host, port, rate, stop = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    behind = float(sys.argv[6]) if len(sys.argv) > 6 else float("inf")
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    selector = selectors.EpollSelector()
    live = {}
    due, number = time.monotonic(), 0
    stopped = False

    def end(connection, how):
        selector.unregister(connection.sock)
        del live[connection]
        connection.tell(how)

    while not stopped or live:
        now = time.monotonic()
        due = max(due, now - behind)
        while not stopped and due <= now:
            request = unescape(sys.argv[5].replace("{n}", str(number)))
            connection = Connection(address, family, number, request)
            selector.register(connection.sock, selectors.EVENT_WRITE, connection)
            live[connection] = True
            number += 1
            due += 1 / rate
        for key, events in selector.select(0.01):
            connection = key.data
            if events & selectors.EVENT_WRITE and connection.write():
                selector.modify(connection.sock, selectors.EVENT_READ, connection)
            elif events & selectors.EVENT_READ:
                how = connection.read()
                if how:
                    end(connection, how)
        for connection in list(live):
            if now < connection.start + LIMIT:
                break
            end(connection, "late")
        stopped = stopped or os.path.exists(stop)


if __name__ == "__main__":
    main()
