#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Clients that take their time: connections that begin a request and never finish it.

usage: slow.py HOST PORT CLIENTS EVERY READY-FILE FROM...

Keeps CLIENTS connections, from the addresses FROM in turn, each of which sends a byte of a head
every EVERY seconds; one that is ended begins anew. Makes READY-FILE once each has begun for the first
time. Goes on until it is killed; on SIGTERM prints "began=N ended=N".
"""

import heapq
import itertools
import resource
import selectors
import signal
import socket
import sys
import time

# Many at once only fill the accept queue of nobody: they are not to be lost on the way.
AT_ONCE = 64
HEAD = b"GET /" + b"a" * 4096


class Crowd:
    def __init__(self, address, clients, every, ready, sources):
        self.address, self.every, self.ready = address, every, ready
        self.family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.sources = itertools.cycle(sources)
        self.selector = selectors.DefaultSelector()
        self.missing = self.clients = clients
        self.connecting = 0
        self.began = self.ended = 0
        self.due = []  # (when, number, socket)
        self.number = itertools.count()

    def begin(self):
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        sock.setblocking(False)
        sock.bind((next(self.sources), 0))
        sock.connect_ex(self.address)
        self.selector.register(sock, selectors.EVENT_WRITE, "connecting")
        self.missing -= 1
        self.connecting += 1

    def end(self, sock, connecting):
        self.selector.unregister(sock)
        sock.close()
        self.missing += 1
        self.connecting -= connecting
        self.ended += not connecting

    def speak(self, sock, sent):
        try:
            sock.send(HEAD[sent:sent + 1])
        except OSError:
            return
        heapq.heappush(self.due, (time.monotonic() + self.every, next(self.number), sock, sent + 1))

    def event(self, sock, state):
        if state == "connecting":
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.end(sock, True)
                return
            self.connecting -= 1
            self.began += 1
            if self.began == self.clients:
                with open(self.ready, "w"):
                    pass
            self.selector.modify(sock, selectors.EVENT_READ, "open")
            self.speak(sock, 0)
            return
        try:
            over = not sock.recv(4096)
        except OSError:
            over = True
        if over:
            self.end(sock, False)

    def run(self):
        while True:
            while self.missing and self.connecting < AT_ONCE:
                self.begin()
            for key, _ in self.selector.select(0.1):
                self.event(key.fileobj, key.data)
            now = time.monotonic()
            while self.due and self.due[0][0] <= now:
                _, _, sock, sent = heapq.heappop(self.due)
                if sock.fileno() >= 0:
                    self.speak(sock, sent)


def main():
    host, port, clients, every, ready = sys.argv[1:6]
    clients = int(clients)
    resource.setrlimit(resource.RLIMIT_NOFILE, (clients + 100, clients + 100))
    crowd = Crowd((host, int(port)), clients, float(every), ready, sys.argv[6:])

    def stop(_signal, _frame):
        print(f"began={crowd.began} ended={crowd.ended}", flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    crowd.run()


if __name__ == "__main__":
    main()
