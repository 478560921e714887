#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Requests at a steady pace, whatever becomes of the ones before: an honest crowd.

usage: pace.py HOST PORT PATH RATE SECONDS [LIMIT]

One connection a request, RATE of them a second. A request is served if its whole answer, a 200, is
there within LIMIT seconds (10) of when it was to be asked. Prints, at the end,

    asked=N served=N p50=MS p99=MS max=MS

the times being those of the served ones, and before it a line for each way to fail: "N WAY".
"""

import collections
import socket
import sys
import threading
import time

from ask import Response

WORKERS = 64


def request(host, port, text, deadline):
    """How it ended: "served", or in what way it failed."""
    left = deadline - time.monotonic()
    if left <= 0:
        return "not even begun"
    try:
        with socket.create_connection((host, port), timeout=left) as sock:
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            sock.sendall(text)
            r = Response(sock)
    except OSError as why:
        return "connect: " + type(why).__name__
    if r.status == "200" and r.complete:
        return "served" if time.monotonic() <= deadline else "late"
    return f"status {r.status} {r.end}"


def main():
    host, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    rate, seconds = float(sys.argv[4]), float(sys.argv[5])
    limit = float(sys.argv[6]) if len(sys.argv) > 6 else 10
    text = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    count = int(rate * seconds)
    todo = iter(range(count))
    lock = threading.Lock()
    times, ways = [], collections.Counter()
    begin = time.monotonic()

    def work():
        while True:
            with lock:
                i = next(todo, None)
            if i is None:
                return
            due = begin + i / rate
            time.sleep(max(due - time.monotonic(), 0))
            how = request(host, port, text, due + limit)
            took = time.monotonic() - due
            with lock:
                if how == "served":
                    times.append(took)
                else:
                    ways[how] += 1

    threads = [threading.Thread(target=work) for _ in range(min(WORKERS, count))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    times.sort()
    for way, n in ways.most_common():
        print(n, way)

    def at(part):
        return round(1000 * times[min(len(times) - 1, int(part * len(times)))]) if times else 0

    print(f"asked={count} served={len(times)} p50={at(0.5)} p99={at(0.99)} max={at(1)}")


if __name__ == "__main__":
    main()
