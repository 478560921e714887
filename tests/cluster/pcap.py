#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What a capture says about the connections in it.

usage: pcap.py stream FILE SERVER...

Checks, for each connection to port 80 of a SERVER, that the client could not tell it from one with
a single TCP: whoever sent a packet, all of them come from that SERVER and live in one sequence
space, acknowledge only what the client sent and echo only its timestamps. Taken at the
client. Prints what is wrong, a line each, and at last

    connections=N packets=N bytes=N maxpayload=N fins=N resets=N wrong=N

bytes: payload from the server, counted once; maxpayload: the largest of either side.
Ends with 1 if something is wrong.

usage: pcap.py synacks FILE

    A line for each SYN/ACK: "mss=N sack=0|1 ts=0|1 ws=N|- win=N"

usage: pcap.py icmp FILE

    A line for each "fragmentation needed" or "packet too big": SOURCE DESTINATION MTU QUOTED-SOURCE
    QUOTED-DESTINATION
"""

import ipaddress
import struct
import sys

FIN, SYN, RST, ACK = 1, 2, 4, 16
M32 = 0xFFFFFFFF
# More than any window here: a number further ahead is of another sequence space.
FAR = 32 << 20
PORT = 80


def packets(path):
    """Each as (protocol, source, destination, bytes behind the IP header, their length)."""
    with open(path, "rb") as f:
        raw = f.read()
    if not raw:
        return
    order = "<" if raw[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link, = struct.unpack(order + "I", raw[20:24])
    if link != 1:
        sys.exit(f"pcap.py: link type {link} is not Ethernet")
    at = 24
    while at + 16 <= len(raw):
        have, = struct.unpack(order + "I", raw[at + 8:at + 12])
        frame = raw[at + 16:at + 16 + have]
        at += 16 + have
        kind, = struct.unpack("!H", frame[12:14])
        ip = frame[14:]
        if kind == 0x0800:
            begin = (ip[0] & 15) * 4
            yield ip[9], ip[12:16], ip[16:20], ip[begin:], struct.unpack("!H", ip[2:4])[0] - begin
        elif kind == 0x86DD:
            yield ip[6], ip[8:24], ip[24:40], ip[40:], struct.unpack("!H", ip[4:6])[0]


class Segment:
    def __init__(self, raw, length):
        self.sport, self.dport, self.seq, self.ack, offset, self.flags, self.window = struct.unpack("!HHIIBBH", raw[:16])
        header = (offset >> 4) * 4
        self.payload = length - header
        self.mss = self.ws = self.tsval = self.tsecr = None
        self.sack_ok = False
        self.sacks = []
        options = raw[20:header]
        while options and options[0]:
            if options[0] == 1:
                options = options[1:]
                continue
            if len(options) < 2 or options[1] < 2:
                break
            kind, value = options[0], options[2:options[1]]
            if kind == 2:
                self.mss, = struct.unpack("!H", value)
            elif kind == 3:
                self.ws = value[0]
            elif kind == 4:
                self.sack_ok = True
            elif kind == 5:
                self.sacks = list(struct.iter_unpack("!II", value))
            elif kind == 8:
                self.tsval, self.tsecr = struct.unpack("!II", value)
            options = options[options[1]:]

    def __str__(self):
        return "mss=%s sack=%d ts=%d ws=%s win=%d" % (
            self.mss if self.mss is not None else "-", self.sack_ok, self.tsval is not None,
            self.ws if self.ws is not None else "-", self.window)


class Connection:
    """Numbers are counted from the SYNs, so that 1 is the first byte of either side."""

    def __init__(self, name, isn, before=None):
        self.name, self.isn = name, isn
        self.before = before  # the last connection of the same ports
        self.client_end = 1  # behind the client's last byte
        self.client_ts = set()
        self.server_isn = None
        self.covered = []  # [begin, end) of the server's stream
        self.fin = None
        self.reset = False
        self.ts_max = None
        self.ts_synack = None
        self.payload = 0
        self.wrong = []

    def complain(self, text):
        self.wrong.append(f"{self.name}: {text}")

    def from_client(self, s):
        if s.tsval is not None:
            self.client_ts.add(s.tsval)
        if s.flags & SYN:
            return
        end = (s.seq - self.isn) & M32
        if end < 0x80000000:
            self.client_end = max(self.client_end, end + s.payload + (1 if s.flags & FIN else 0))
        self.payload = max(self.payload, s.payload)

    def from_server(self, s):
        if s.flags & SYN:
            if self.server_isn is None:
                self.server_isn = s.seq
                self.ts_synack = self.ts_max = s.tsval
            elif self.server_isn != s.seq:
                self.complain(f"two SYN/ACKs disagree: {self.server_isn} and {s.seq}")
            if (s.ack - self.isn) & M32 != 1:
                self.complain(f"SYN/ACK acknowledges {(s.ack - self.isn) & M32}")
            return
        if self.server_isn is None:
            # What was on its way when the client reset the last one is of that one.
            if self.before:
                self.before.from_server(s)
            elif not s.flags & RST:
                self.complain("a packet before the SYN/ACK")
            return
        at = (s.seq - self.server_isn) & M32
        top = self.covered[-1][1] if self.covered else 1
        if at > top + FAR or at < 1 and not s.flags & RST:
            self.complain(f"sequence {at} is of another space (data so far ends at {top})")
            return
        if s.flags & RST:
            self.reset = True
        if s.payload:
            self._cover(at, at + s.payload)
            self.payload = max(self.payload, s.payload)
        if s.flags & FIN:
            fin = at + s.payload
            if self.fin not in (None, fin):
                self.complain(f"FIN at {fin} and at {self.fin}")
            self.fin = fin
        if s.flags & ACK:
            acked = (s.ack - self.isn) & M32
            if not 1 <= acked <= self.client_end:
                self.complain(f"acknowledges {acked}, the client's stream ends at {self.client_end}")
        for left, right in s.sacks:
            left, right = (left - self.isn) & M32, (right - self.isn) & M32
            if not 1 <= left < right <= self.client_end:
                self.complain(f"SACK {left}:{right}, the client's stream ends at {self.client_end}")
        if s.flags & RST:
            return
        if (s.tsval is None) != (self.ts_synack is None):
            self.complain(f"timestamps {'missing' if s.tsval is None else 'unpromised'} at {at}")
        elif s.tsval is not None:
            if (s.tsval - self.ts_synack) & M32 > 0x7FFFFFFF:
                self.complain(f"TSval {s.tsval} is before the SYN/ACK's {self.ts_synack}")
            if s.tsecr not in self.client_ts:
                self.complain(f"TSecr {s.tsecr} was never the client's TSval")

    def _cover(self, a, b):
        merged = []
        for begin, end in self.covered:
            if end < a or begin > b:
                merged.append((begin, end))
            else:
                a, b = min(a, begin), max(b, end)
        self.covered = sorted(merged + [(a, b)])

    def close(self):
        if self.covered and (self.covered[0][0] != 1 or len(self.covered) > 1):
            self.complain(f"holes in the stream: {self.covered}")
        end = self.covered[-1][1] if self.covered else 1
        if self.fin is not None and self.fin != end:
            self.complain(f"FIN at {self.fin}, the data ends at {end}")
        return end - 1


def stream(path, servers):
    addresses = {ipaddress.ip_address(server).packed for server in servers}
    families = {len(address) for address in addresses}
    live, closed, strangers = {}, [], []
    count = 0
    for protocol, source, destination, raw, length in packets(path):
        if protocol != 6 or len(raw) < 20 or len(source) not in families:
            continue
        s = Segment(raw, length)
        count += 1
        # The client's port, and the family
        key = (s.sport if s.dport == PORT else s.dport, len(source))
        if s.dport == PORT and s.flags & (SYN | ACK) == SYN:
            old = live.get(key)
            if not old or old.isn != s.seq:
                closed += [old] if old else []
                live[key] = Connection(f"port {s.sport} of {ipaddress.ip_address(source)}",
                                       s.seq, old)
            if destination not in addresses:
                strangers.append(f"a SYN to {ipaddress.ip_address(destination)}")
        if s.dport == PORT and key in live:
            live[key].from_client(s)
        elif s.sport == PORT:
            if source not in addresses:
                strangers.append(f"a packet from {ipaddress.ip_address(source)}")
            elif key in live:
                live[key].from_server(s)
            else:
                strangers.append(f"a packet to port {s.dport}, which never sent a SYN")
    everyone = closed + list(live.values())
    total = sum(c.close() for c in everyone)
    wrong = strangers + [w for c in everyone for w in c.wrong]
    for w in wrong[:40]:
        print(w)
    print("connections=%d packets=%d bytes=%d maxpayload=%d fins=%d resets=%d wrong=%d" % (
        len(everyone), count, total, max([c.payload for c in everyone] or [0]),
        sum(c.fin is not None for c in everyone), sum(c.reset for c in everyone), len(wrong)))
    return 1 if wrong else 0


def synacks(path):
    for protocol, _, _, raw, length in packets(path):
        if protocol == 6 and len(raw) >= 20 and raw[13] & (SYN | ACK) == SYN | ACK:
            print(Segment(raw, length))
    return 0


def icmp(path):
    for protocol, source, destination, raw, _ in packets(path):
        if protocol == 1 and raw[:2] == b"\3\4":
            mtu, = struct.unpack("!H", raw[6:8])
            quoted = raw[8 + 12:8 + 16], raw[8 + 16:8 + 20]
        elif protocol == 58 and raw[:2] == b"\2\0":
            mtu, = struct.unpack("!I", raw[4:8])
            quoted = raw[8 + 8:8 + 24], raw[8 + 24:8 + 40]
        else:
            continue
        print(*map(ipaddress.ip_address, (source, destination)), mtu, *map(ipaddress.ip_address, quoted))
    return 0


def main():
    command, path, *rest = sys.argv[1:]
    if command == "stream":
        sys.exit(stream(path, rest))
    sys.exit({"synacks": synacks, "icmp": icmp}[command](path))


if __name__ == "__main__":
    main()
