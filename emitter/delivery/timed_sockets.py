"""Sockets that cannot outlive a deadline.

A socket's own timeout starts anew with every operation, so a receiver that drips one byte at a time is
never too slow for it. These set it to what is left before each operation, and Python keeps it over the
system calls and TLS records that the operation is made of. No second thread is needed, and nothing that
arrives late can be taken for an answer.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.delivery.stopwatch import Stopwatch


class NotConnectedError(OSError):
    """No address of the receiver took the connection: nothing listens, or the way there is closed."""


class TimedSocket(socket.socket):
    """A TCP socket on a stopwatch. Each operation raises TimeoutError once the deadline has passed."""

    stopwatch: Stopwatch

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive some bytes: what `http.client` reads through."""
        self.settimeout(self.stopwatch.left_s())
        count = super().recv_into(*args, **kwargs)
        if count:
            self.stopwatch.bytes_arrived()
        return count

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Send all bytes: what `http.client` sends with. Over TLS, too, it is one write to OpenSSL."""
        self.settimeout(self.stopwatch.left_s())
        super().sendall(*args, **kwargs)


class TimedTLSSocket(TimedSocket, ssl.SSLSocket):
    """The same over TLS; `ssl.SSLContext` makes it where its `sslsocket_class` says so."""


def open_socket(addresses: Sequence[str], port: int, stopwatch: Stopwatch) -> TimedSocket:
    """Return a socket connected to the first address that takes it.

    Each address gets an equal share of the time that is left, so that one black hole does not use it up.

    Args:
        addresses: IP addresses, at least one; each allowed already.
        port: Where the receiver listens.
        stopwatch: Holds the deadline of this and of all that the socket does later.

    Raises:
        TimeoutError: The deadline passed before any address answered.
        NotConnectedError: The last address was refused or could not be reached.
    """
    last_error: OSError = TimeoutError()
    for position, address in enumerate(addresses):
        share_s = stopwatch.left_s() / (len(addresses) - position)
        try:
            sock = connect(address, port, timeout_s=share_s)
        except TimeoutError as error:
            last_error = error
        except OSError as error:
            last_error = NotConnectedError(error.errno, error.strerror or str(error))
            last_error.__cause__ = error
        else:
            sock.stopwatch = stopwatch
            return sock
    raise last_error


def connect(address: str, port: int, *, timeout_s: float) -> TimedSocket:
    """Return a socket connected to one address, or raise the OSError that says why not."""
    with contextlib.ExitStack() as undo:
        sock = TimedSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        undo.callback(sock.close)
        # Head and body are two writes; without this the second may wait 40 ms for the first one's receipt.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(timeout_s)
        sock.connect((address, port))
        undo.pop_all()
    return sock


def start_tls(sock: TimedSocket, context: ssl.SSLContext, host: str) -> TimedTLSSocket:
    """Return the socket with TLS spoken on it; the handshake keeps the deadline.

    Args:
        sock: Connected; it is the returned socket's from now on, also when this raises.
        context: Its `sslsocket_class` is `TimedTLSSocket`.
        host: The name or address the certificate has to be for; a full stop at its end does not count.

    Raises:
        TimeoutError: The deadline passed.
        ssl.SSLError: The receiver does not speak TLS, or its certificate is not trusted.
        OSError: The connection broke.
    """
    stopwatch = sock.stopwatch
    with contextlib.ExitStack() as undo:
        tls = context.wrap_socket(sock, server_hostname=host.rstrip("."), do_handshake_on_connect=False)
        undo.callback(tls.close)
        if not isinstance(tls, TimedTLSSocket):
            raise TypeError("the TLS context makes sockets that do not keep the deadline")
        tls.stopwatch = stopwatch
        tls.settimeout(stopwatch.left_s())
        tls.do_handshake()
        undo.pop_all()
    return tls
