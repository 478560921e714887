#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A TCP client of its own, segment by segment: what no kernel's TCP can be made to send.

usage: raw.py HOST PORT SPORT REQUEST [no-ts] [no-sack] [isn:N] [peer:N] [mss:N] STEP... [/ STEP...]

REQUEST is the client's stream, with ask.py's escapes. The kernel knows nothing of the
connection and would reset it: traffic.sh's raw_client drops what it says from these
ports; only packets with the mark below are ours. "/" begins a new connection, from the port above, with
the same request. With isn:N and peer:N, the server's first byte, it speaks without a handshake
of its own, as a forger does. Steps, in order:

    syn            SYN until the SYN/ACK; prints "synack mss=N sack=0|1 ts=0|1 ws=N|- win=N"
    syn-only       one SYN, no more
    ack            a bare acknowledgement
    A+N            N bytes of the request from byte A ("A+": to its end), sent as they are,
                   again or not, in order or not
    acked:N        until so many bytes are acknowledged; what is missing is sent again
    read:N         until so many bytes of response came; prints "read N"
    finish         until the server's FIN, ours behind it, both acknowledged; prints "fin N",
                   "reset N" or "late N"; N is how many bytes came
    cross          the same, but our FIN is sent before the server's is acknowledged
    fin            our FIN
    rst            RST
    save:FILE      what came
    counts         "counts synacks=N resets=N challenges=N": an answer to a SYN that is no SYN/ACK
                   is a challenge

Whatever waits ends after 20 s.
"""

import os
import select
import socket
import struct
import sys
import time

from ask import SLOWNESS, unescape

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
SO_MARK, MARK = 36, 7
WAIT = 20.0 * SLOWNESS
AGAIN = 0.5
M32 = 0xFFFFFFFF


def checksum(data):
    if len(data) & 1:
        data += b"\0"
    s = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return ~s & 0xFFFF


def before(a, b):
    return (a - b) & M32 > 0x7FFFFFFF


class Client:
    def __init__(self, host, port, sport, request):
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        probe = socket.socket(self.family, socket.SOCK_DGRAM)
        probe.connect((host, port))
        self.pseudo = socket.inet_pton(self.family, probe.getsockname()[0]) + socket.inet_pton(self.family, host)
        self.sock = socket.socket(self.family, socket.SOCK_RAW, socket.IPPROTO_TCP)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_MARK, MARK)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.sock.connect((host, 0))
        self.sock.setblocking(False)
        self.sport, self.dport, self.request = sport, port, request
        self.isn = int.from_bytes(os.urandom(4), "big")
        self.offer_ts, self.offer_sack, self.mss = True, True, 1460
        self.ts = False
        self.ts_recent = 0
        self.una = 0  # of the stream: bytes acknowledged
        self.sent = 0  # the highest byte sent
        self.fin_at = None  # where our FIN stands
        self.peer = None  # the sequence number of the server's first byte
        self.have, self.ahead = bytearray(), {}
        self.server_fin = None  # where it stands in the server's stream
        self.fin_taken = False  # we acknowledge it
        self.reset = False
        self.synacks = self.resets = self.challenges = 0
        self.synack = None

    # -- sending

    def _options(self, flags):
        o = b""
        if flags & SYN:
            o += struct.pack("!BBH", 2, 4, self.mss)
            o += b"\1\3\3\0"
            if self.offer_sack:
                o += b"\1\1\4\2"
        if self.offer_ts if flags & SYN else self.ts:
            o += b"\1\1" + struct.pack("!BBII", 8, 10, int(time.monotonic() * 1000) & M32,
                                       self.ts_recent if not flags & SYN else 0)
        return o

    def send(self, flags, seq, data=b""):
        """seq counts from our first byte: the SYN stands at -1."""
        options = self._options(flags)
        ack = 0
        if flags & ACK:
            ack = ((self.peer or 0) + len(self.have) + (1 if self.fin_taken else 0)) & M32
        header = struct.pack("!HHIIBBHHH", self.sport, self.dport, (self.isn + 1 + seq) & M32, ack,
                             (20 + len(options)) // 4 << 4, flags, 65535, 0, 0) + options
        length = len(header) + len(data)
        if self.family == socket.AF_INET6:
            pseudo = self.pseudo + struct.pack("!IxxxB", length, socket.IPPROTO_TCP)
        else:
            pseudo = self.pseudo + struct.pack("!xBH", socket.IPPROTO_TCP, length)
        total = checksum(pseudo + header + data)
        self.sock.send(header[:16] + struct.pack("!H", total) + header[18:] + data)

    def data(self, begin, end):
        for a in range(begin, end, self.mss - 20):
            b = min(end, a + self.mss - 20)
            self.send(PSH | ACK, a, self.request[a:b])
        self.sent = max(self.sent, end)

    def fin(self):
        self.fin_at = self.sent
        self.send(FIN | ACK, self.fin_at)

    # -- receiving

    def _packet(self, packet):
        if self.family == socket.AF_INET:
            packet = packet[(packet[0] & 15) * 4:]
        sport, dport, seq, ack, offset, flags, window = struct.unpack("!HHIIBBH", packet[:16])
        if sport != self.dport or dport != self.sport:
            return
        header = (offset >> 4) * 4
        found = self._parse_options(packet[20:header])
        data = packet[header:]
        if flags & RST:
            self.resets += 1
            self.reset = self.peer is None or (seq - self.peer) & M32 == len(self.have) or self.reset
            return
        if flags & SYN:
            self.synacks += 1
            if self.peer is None:
                self.peer = (seq + 1) & M32
                self.ts = "ts" in found and self.offer_ts
                self.synack = "mss=%s sack=%d ts=%d ws=%s win=%d" % (
                    found.get("mss", "-"), "sack" in found, "ts" in found, found.get("ws", "-"), window)
            if "ts" in found:
                self.ts_recent = found["ts"]
            return
        if self.peer is None:
            self.challenges += 1
            # What RFC 9293 wants of a client that sent a SYN and got this: a RST
            # that carries the acknowledgement's number.
            self.send(RST, (ack - self.isn - 1) & M32)
            return
        if "ts" in found and not before(found["ts"], self.ts_recent):
            self.ts_recent = found["ts"]
        acked = (ack - self.isn - 1) & M32
        if acked <= self.sent + 1 and acked > self.una:
            self.una = acked
        at = (seq - self.peer) & M32
        if at > 0x7FFFFFFF:
            skip = (-at) & M32
            at, data = 0, data[skip:]
        news = bool(data) or bool(flags & FIN)
        if flags & FIN:
            self.server_fin = at + len(data)
        if data:
            self.ahead[at] = max(data, self.ahead.get(at, b""), key=len)
        for a in sorted(self.ahead):
            if a > len(self.have):
                break
            self.have += self.ahead.pop(a)[len(self.have) - a:]
        if news and not self.crossing:
            self.fin_taken = self.server_fin == len(self.have)
            self.send(ACK, self.sent + (1 if self.fin_at is not None else 0))

    @staticmethod
    def _parse_options(raw):
        found = {}
        while raw and raw[0] != 0:
            if raw[0] == 1:
                raw = raw[1:]
                continue
            kind, length = raw[0], raw[1]
            value = raw[2:length]
            if kind == 2:
                found["mss"] = int.from_bytes(value, "big")
            elif kind == 3:
                found["ws"] = value[0]
            elif kind == 4:
                found["sack"] = True
            elif kind == 8:
                found["ts"] = int.from_bytes(value[:4], "big")
            raw = raw[length:]
        return found

    crossing = False

    def pump(self, condition, again=None):
        """Take packets until the condition holds; say it again while nothing moves."""
        deadline = time.monotonic() + WAIT
        spoke = time.monotonic()
        while not condition() and not self.reset:
            now = time.monotonic()
            if now > deadline:
                return False
            if again and now > spoke + AGAIN:
                again()
                spoke = now
            if select.select([self.sock], [], [], 0.05)[0]:
                una = self.una
                try:
                    while True:
                        self._packet(self.sock.recv(1 << 17))
                except BlockingIOError:
                    pass
                if self.una != una:
                    spoke = now
        return condition()

    def _again(self):
        if self.fin_at is not None and self.una >= self.fin_at:
            if self.una == self.fin_at:
                self.send(FIN | ACK, self.fin_at)
        elif self.una < self.sent:
            self.send(PSH | ACK, self.una, self.request[self.una:min(self.sent, self.una + self.mss - 20)])

    # -- steps

    def syn(self):
        self.send(SYN, -1)
        self.pump(lambda: self.peer is not None, lambda: self.send(SYN, -1))
        if self.peer is None:
            print("synack none")
            sys.exit(1)
        print("synack", self.synack)

    def acked(self, n):
        if not self.pump(lambda: self.una >= n, self._again):
            print("acked", self.una)
            sys.exit(1)

    def read(self, n):
        self.pump(lambda: len(self.have) >= n, self._again)
        print("read", len(self.have))

    def finish(self):
        word = "fin"
        if not self.pump(lambda: self.fin_taken, self._again):
            word = "reset" if self.reset else "late"
        else:
            if self.fin_at is None:
                self.fin()
            if not self.pump(lambda: self.una > self.fin_at, self._again) and not self.reset:
                word = "late"
        print(word, len(self.have))

    def cross(self):
        self.crossing = True
        # Data is acknowledged, the FIN behind it is not.
        def fin_seen():
            self.send(ACK, self.sent)
            return self.server_fin is not None and self.server_fin == len(self.have)
        self.pump(fin_seen, self._again)
        self.fin()
        ours = self.pump(lambda: self.una > self.fin_at, self._again)
        self.fin_taken = True
        self.crossing = False
        self.send(ACK, self.fin_at + 1)
        print("fin" if ours else "reset" if self.reset else "late", len(self.have))


def main():
    host, port, sport = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    request = unescape(sys.argv[4])
    c = Client(host, port, sport, request)
    for step in sys.argv[5:]:
        verb, _, argument = step.partition(":")
        if step == "/":
            sport += 1
            c = Client(host, port, sport, request)
        elif "+" in verb:
            begin, _, n = step.partition("+")
            c.data(int(begin), int(begin) + int(n) if n else len(c.request))
        elif verb == "no-ts":
            c.offer_ts = False
        elif verb == "no-sack":
            c.offer_sack = False
        elif verb == "isn":
            c.isn = int(argument)
        elif verb == "peer":
            c.peer = int(argument)
        elif verb == "mss":
            c.mss = int(argument)
        elif verb == "syn":
            c.syn()
        elif verb == "syn-only":
            c.send(SYN, -1)
        elif verb == "ack":
            c.send(ACK, c.sent)
        elif verb == "acked":
            c.acked(int(argument))
        elif verb == "read":
            c.read(int(argument))
        elif verb == "finish":
            c.finish()
        elif verb == "cross":
            c.cross()
        elif verb == "fin":
            c.fin()
        elif verb == "rst":
            c.send(RST | ACK, c.sent)
        elif verb == "save":
            with open(argument, "wb") as f:
                f.write(c.have)
        elif verb == "counts":
            print(f"counts synacks={c.synacks} resets={c.resets} challenges={c.challenges}")
        else:
            sys.exit(f"raw.py: no step {step}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
