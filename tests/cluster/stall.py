#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""How long did this machine stand still?

usage: stall.py READY

Wakes up every 20 ms, before all other programs; on SIGTERM prints the longest time in
milliseconds that it woke up too late. An emulated machine that has to wait for its
processor delays packets by that much, which no TCP in it can tell from the network.
"""

import os
import signal
import sys
import time

PERIOD = 0.02

worst = 0.0


def end(*_):
    print(int(worst * 1000), flush=True)
    os._exit(0)


def main():
    global worst
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    signal.signal(signal.SIGTERM, end)
    with open(sys.argv[1], "w"):
        pass
    due = time.monotonic()
    while True:
        due += PERIOD
        time.sleep(max(0.0, due - time.monotonic()))
        now = time.monotonic()
        worst = max(worst, now - due)
        due = max(due, now)


if __name__ == "__main__":
    main()
