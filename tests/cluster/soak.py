#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""All sorts of clients at once, each of which knows every byte that it is to get.

usage: soak.py SEED WORKERS WWW RUN VIP...

Runs until the file RUN/stop is there. What a client does is drawn from the seed; what it
saw is a line of RUN/said:

    BEGIN END KIND OUTCOME WORDS

in seconds since the boot. OUTCOME is "ok"; "broken": no answer, half of one, or a 5xx;
"wrong": bytes that were never sent to it, which nothing excuses. RUN/uploads says which
uploads were answered 201: "NAME FILE".
"""

import os
import random
import socket
import sys
import threading
import time

from client import Broken, Client, Wrong

FILES = ("1k", "10k", "100k", "1m", "5m")


class SoakClient(Client):
    def __init__(self, rng, host, www, tag):
        super().__init__(host, www)
        self.rng, self.tag = rng, tag

    def path(self, name):
        return f"/img/{name}" if name in ("1k", "5m") and self.rng.random() < 0.5 else f"/{name}"

    # -- what clients do; the documentation says it in a word

    def short(self):
        """one request, one connection"""
        name = self.rng.choice(FILES[:3])
        self.connect()
        self.sock.sendall(self.ask(self.path(name), "Connection: close"))
        self.response(name)

    def long(self):
        """a big one, read as fast as it comes"""
        name = self.rng.choice(FILES[3:])
        self.connect()
        self.sock.sendall(self.ask(self.path(name)))
        self.response(name)

    def kept(self):
        """several requests on one connection, as long as the server keeps it"""
        self.connect()
        for _ in range(self.rng.randrange(2, 12)):
            name = self.rng.choice(FILES[:3])
            self.sock.sendall(self.ask(f"/{name}"))
            fields = self.response(name)
            if fields.get("connection", "").lower() == "close":
                break

    def aborting(self):
        """reset in the middle of the response"""
        name = self.rng.choice(FILES[2:])
        self.connect()
        self.sock.sendall(self.ask(self.path(name)))
        status, fields = self.head()
        if status == "200":
            length = int(fields["content-length"])
            self.body(name, length, enough=self.rng.randrange(length))
        self.reset()

    def vanishing(self):
        """reset before, in or behind the head"""
        self.connect()
        request = self.ask("/100k")
        self.sock.sendall(request[: self.rng.randrange(len(request) + 1)])
        self.reset()

    def half_closing(self):
        """FIN behind the request, then the whole response"""
        # A bigger one nginx leaves off in the middle if its client has closed, asked directly, too.
        name = self.rng.choice(FILES[:3])
        self.connect()
        self.sock.sendall(self.ask(self.path(name), "Connection: close"))
        self.sock.shutdown(socket.SHUT_WR)
        self.response(name)

    def slow_reading(self):
        """a small window that is seldom emptied"""
        self.connect(rcvbuf=8192)
        self.sock.sendall(self.ask("/100k"))
        self.response("100k", pause=0.02)

    def slow_asking(self):
        """a head in pieces, with pauses"""
        self.connect()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = self.ask("/10k", "Cookie: " + "x" * self.rng.randrange(3000))
        while request:
            n = self.rng.randrange(1, 700)
            self.sock.sendall(request[:n])
            request = request[n:]
            time.sleep(self.rng.random() / 20)
        self.response("10k")

    def uploading(self):
        """a PUT whose file is compared at the end of all"""
        name = self.rng.choice(FILES[:4])
        with open(f"{self.www}/{name}", "rb") as f:
            content = f.read()
        self.connect()
        there = f"{self.tag}-{self.rng.getrandbits(64):x}"
        self.sock.sendall(self.ask(f"/upload/{there}", f"Content-Length: {len(content)}", "Connection: close",
                                   method="PUT"))
        self.sock.sendall(content)
        status, _ = self.head()
        if status != "201":
            raise Broken(f"status {status}")
        return f"{there} {name}"

    def refused(self):
        """what the front-end itself answers"""
        self.connect()
        self.sock.sendall(b"GET /../../etc HTTP/1.1\r\nHost: www\r\n\r\n")
        status, _ = self.head()
        if status != "400":
            raise Wrong(f"status {status} for a bad request")


KINDS = {"short": 30, "long": 6, "kept": 15, "aborting": 8, "vanishing": 5, "half_closing": 10,
         "slow_reading": 4, "slow_asking": 6, "uploading": 10, "refused": 3}


def once(client, kind):
    try:
        upload = getattr(client, kind)()
        return "ok", "", upload
    except Wrong as why:
        return "wrong", str(why), None
    except (Broken, OSError, ValueError, KeyError, IndexError) as why:
        return "broken", f"{type(why).__name__}: {why}", None
    finally:
        if client.sock:
            client.sock.close()


def main():
    seed, workers, www, run, *vips = sys.argv[1:]
    said = open(f"{run}/said", "w", buffering=1)
    uploads = open(f"{run}/uploads", "w", buffering=1)
    lock = threading.Lock()

    def work(i):
        rng = random.Random(f"{seed}/{i}")
        while not os.path.exists(f"{run}/stop"):
            kind = rng.choices(list(KINDS), KINDS.values())[0]
            client = SoakClient(rng, rng.choice(vips), www, f"soak{i}")
            begin = time.monotonic()
            outcome, words, upload = once(client, kind)
            with lock:
                print(f"{begin:.2f} {time.monotonic():.2f} {kind} {outcome} {words}", file=said)
                if upload:
                    print(upload, file=uploads)
            if outcome != "ok":
                time.sleep(0.1)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(int(workers))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


if __name__ == "__main__":
    main()
