#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Transfers of random sizes, half of them down, half up, each on a connection of its own.

usage: transfers.py SEED COUNT WORKERS WWW RUN VIP...

A download is a piece of the file 5m, from a random place, compared as it comes; an upload
the same, compared with what lies on a server's disk when that has said 201. The sizes are
spread evenly over their logarithm, from 1 byte to 1 MiB. Says how many there were of each
kind and their bytes; a line for what went wrong, and status 1.
"""

import glob
import os
import random
import sys
import threading

from client import Broken, Client, Wrong

FILE, LARGEST = "5m", 20
PIECE = 1 << 16


def download(client, offset, length):
    client.sock.sendall(client.ask(f"/{FILE}", f"Range: bytes={offset}-{offset + length - 1}", "Connection: close"))
    status, fields = client.head()
    if status != "206":
        raise Broken(f"status {status}")
    if int(fields["content-length"]) != length:
        raise Wrong(f"Content-Length {fields['content-length']}")
    client.body(FILE, length, offset=offset)
    if client.data or client.sock.recv(1):
        raise Wrong("more bytes than were asked for")


def upload(client, offset, length, name, run):
    client.sock.sendall(client.ask(f"/upload/{name}", f"Content-Length: {length}", "Connection: close", method="PUT"))
    with open(f"{client.www}/{FILE}", "rb") as f:
        f.seek(offset)
        content = f.read(length)
    client.sock.sendall(content)
    status, _ = client.head()
    if status != "201":
        raise Broken(f"status {status}")
    there = glob.glob(f"{run}/be?/upload/{name}")
    if len(there) != 1:
        raise Wrong(f"on {len(there)} servers")
    with open(there[0], "rb") as f:
        if f.read() != content:
            raise Wrong("bytes differ")
    os.unlink(there[0])


def main():
    seed, count, workers, www, run, *vips = sys.argv[1:]
    size = os.path.getsize(f"{www}/{FILE}")
    numbers = iter(range(int(count)))
    lock = threading.Lock()
    done = {"down": 0, "up": 0}
    moved = {"down": 0, "up": 0}
    failed = []

    def work():
        while True:
            with lock:
                i = next(numbers, None)
            if i is None:
                return
            rng = random.Random(f"{seed}/{i}")
            length = int(2 ** rng.uniform(0, LARGEST))
            offset = rng.randrange(size - length)
            kind = rng.choice(("down", "up"))
            client = Client(rng.choice(vips), www)
            try:
                client.connect()
                if kind == "down":
                    download(client, offset, length)
                else:
                    upload(client, offset, length, f"transfer-{i}", run)
                why = None
            except (Broken, Wrong, OSError, ValueError, KeyError, IndexError) as e:
                why = f"{i}: {kind} {length} bytes from {offset}, {client.host}: {type(e).__name__}: {e}"
            finally:
                if client.sock:
                    client.sock.close()
            with lock:
                if why:
                    failed.append(why)
                else:
                    done[kind] += 1
                    moved[kind] += length

    threads = [threading.Thread(target=work) for _ in range(int(workers))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for why in failed:
        print(why)
    print(f"{done['down']} down, {moved['down']} bytes; {done['up']} up, {moved['up']} bytes; {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
