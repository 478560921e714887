#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Type at a real bash, and let it complete.

usage: complete.py BTCPCTL COMPLETION < LINES

Each line is typed, then readline is asked (Meta-*) for all that may come there. Prints, for
each, what stands in the line afterwards beyond what was typed.
"""

import os
import pty
import select
import sys

PROMPT = b"your turn> "
# As in assert.sh: limits are a stock kernel's.
PATIENCE = 20 * int(os.environ.get("BTCP_SLOWNESS", 1))


class Shell:
    def __init__(self, program, completion):
        pid, self.terminal = pty.fork()
        if not pid:
            environment = dict(os.environ, TERM="dumb", COLUMNS="2000", PS1=PROMPT.decode(), INPUTRC="/dev/null",
                               PATH=f"{os.path.dirname(program)}:{os.environ['PATH']}")
            os.execve("/bin/bash", ["bash", "--norc", "-i"], environment)
        self.until(PROMPT)
        self.run("bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'")
        self.run(f". /usr/share/bash-completion/bash_completion; . {completion}")

    def until(self, what):
        seen = b""
        while not seen.endswith(what):
            ready, _, _ = select.select([self.terminal], [], [], PATIENCE)
            if not ready:
                sys.exit(f"complete.py: bash says nothing more: {seen!r}")
            seen += os.read(self.terminal, 65536)
        return seen

    def run(self, line):
        """Readline shows the prompt whenever it likes: the line has run when it said so."""
        os.write(self.terminal, line.encode() + b"; printf '<%s>\\n' done\r")
        return self.until(b"\n<done>\r\n" + PROMPT).decode()

    def completed(self, line):
        """The words of the line when readline was done with it"""
        said = self.run(line + "\x1b*\x01printf '<%s>' \x05; echo")
        shown = [part for part in said.replace("\r", "\n").split("\n") if part.startswith("<btcpctl>")]
        if len(shown) != 1:
            sys.exit(f"complete.py: not understood: {said!r}")
        return shown[0][1:-1].split("><")


def main():
    shell = Shell(*sys.argv[1:])
    for line in sys.stdin.read().splitlines():
        typed, words = line.split(), shell.completed(line)
        # The last word was begun, or was still to come.
        kept = len(typed) - (not line.endswith(" "))
        if words[:kept] != typed[:kept]:
            sys.exit(f"complete.py: {line!r} became {words}")
        print(" ".join(words[kept:]))


main()
