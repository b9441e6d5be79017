"""The cheapest receiver there is, as a process of its own: answers 200 to everything, keeps connections.

Run as ``python -m tests.bench.receiver``; prints its port and ends when its standard input does.
"""

from __future__ import annotations

import re
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.support.wheel import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while True:
            length = 0
            while (line := self.rfile.readline()) not in {b"", b"\r\n"}:
                if found := re.match(rb"content-length: *(\d+)", line, re.IGNORECASE):
                    length = int(found[1])
            if not line:
                return
            self.rfile.read(length)
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def receiver() -> Iterator[str]:
    """Run the receiver as a process and give its URL."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.receiver"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        process.communicate(timeout=10)


def _main() -> None:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    _main()
