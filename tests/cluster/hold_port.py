#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Hold a UDP port until killed.

usage: hold_port.py PORT FILE

FILE is made when the port is held.
"""

import signal
import socket
import sys

held = []
for family, anywhere in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind((anywhere, int(sys.argv[1])))
    held.append(sock)
open(sys.argv[2], "w").close()
signal.pause()
