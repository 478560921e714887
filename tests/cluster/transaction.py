#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Ask the kernel module what btcpctl would not.

usage: transaction.py REQUEST...

A request is a command of linux/btcp.h without BTCP_CMD_, and strings for it: "POOL_DEL NAME=one".
All go by one socket. Prints for each "COMMAND: ok", or the sentence of its refusal.
"""

import os
import re
import socket
import struct
import sys

NETLINK_GENERIC, SOL_NETLINK, CAP_ACK, EXT_ACK = 16, 270, 10, 11
REQUEST, ACK, ERROR = 1, 4, 2
CTRL, GETFAMILY, FAMILY_ID, FAMILY_NAME = 16, 3, 1, 2
MESSAGE = 1  # of a refusal's attributes


def numbers(kind, prefix):
    """What the header calls them."""
    header = os.path.join(os.path.dirname(__file__), "../../include/uapi/linux/btcp.h")
    with open(header, encoding="utf-8") as file:
        body = re.search(r"enum %s \{(.*?)\n\};" % kind, file.read(), re.S)[1]
    names = re.findall(r"^\t%s(\w+),?" % prefix, body, re.M)
    return {name: i for i, name in enumerate(names)}


def attribute(number, data):
    return struct.pack("=HH", 4 + len(data), number) + data + b"\0" * (-len(data) % 4)


def attributes(data):
    found = {}
    while len(data) >= 4:
        length, number = struct.unpack_from("=HH", data)
        found[number & 0x3FFF] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


class Kernel:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, CAP_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)

    def ask(self, family, command, data):
        """The payload of the answer, or of the error, and whether it is that."""
        body = struct.pack("=BBH", command, 1, 0) + data
        flags = REQUEST | (ACK if family != CTRL else 0)
        self.sock.send(struct.pack("=IHHII", 16 + len(body), family, flags, 1, 0) + body)
        answer = self.sock.recv(1 << 16)
        return answer[16:], struct.unpack_from("=H", answer, 4)[0] == ERROR

    def family(self):
        answer, _ = self.ask(CTRL, GETFAMILY, attribute(FAMILY_NAME, b"btcp\0"))
        return struct.unpack("=H", attributes(answer[4:])[FAMILY_ID])[0]

    def say(self, family, command, data):
        answer, _ = self.ask(family, command, data)
        error = struct.unpack_from("=i", answer)[0]
        if not error:
            return "ok"
        # Behind the errno and the header of what was refused.
        sentence = attributes(answer[20:]).get(MESSAGE, os.strerror(-error).encode())
        return sentence.rstrip(b"\0").decode()


def main():
    commands = numbers("btcp_cmd", "BTCP_CMD_")
    attrs = numbers("btcp_attr", "BTCP_A_")
    kernel = Kernel()
    family = kernel.family()
    for request in sys.argv[1:]:
        command, *words = request.split()
        data = b""
        for word in words:
            name, _, value = word.partition("=")
            data += attribute(attrs[name], value.encode() + b"\0")
        print(f"{command}: {kernel.say(family, commands[command], data)}", flush=True)


if __name__ == "__main__":
    main()
