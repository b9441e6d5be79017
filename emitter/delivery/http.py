"""The transport on `requests`: one request, one connection, one deadline."""

from __future__ import annotations

import re
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Final

from emitter.core.deliveries import Answer
from emitter.core.outcome import of_status
from emitter.core.targets import parse_target
from emitter.delivery.connections import AttemptAdapter, AttemptConnection, AttemptRequest, header_pairs
from emitter.delivery.mishaps import TRANSPORT_ERRORS, outcome_of_error
from emitter.delivery.resolving import AddressBook, Resolver, system_resolver
from emitter.delivery.stopwatch import Stopwatch
from emitter.delivery.transport import Exchange
from emitter.delivery.trust import tls_context
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    import requests

    from emitter.core.request import HeaderPairs, SignedRequest
    from emitter.core.targets import Target, TargetPolicy

KEPT_BODY_BYTES: Final = 64 * 1024
"""How much of an answer's body is recorded. The rest is read all the same: the answer has to end in time."""
_PIECE_BYTES: Final = 64 * 1024
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_UNSENDABLE: Final = re.compile(r"[\r\n\0]|[^\x00-\xff]")


class HttpTransport:
    """Sends over HTTP/1.1, a fresh connection each time. Thread-safe; implements `Transport`.

    Redirects are answers. Proxies, ``.netrc`` and everything else of the environment are ignored, and
    nothing is decompressed.

    Args:
        policy: Which addresses may be sent to.
        ca_bundle: A PEM file of certificate authorities that replaces the public ones.
        insecure: Whether any certificate is taken, for any name.
        resolve: Finds the addresses of a name.

    Raises:
        InvalidSettingError: The file of certificates cannot be used.
    """

    def __init__(
        self,
        *,
        policy: TargetPolicy,
        ca_bundle: Path | None = None,
        insecure: bool = False,
        resolve: Resolver = system_resolver,
    ) -> None:
        self._ca_bundle = ca_bundle
        self._insecure = insecure
        self._addresses = AddressBook(policy, resolve)
        self._adapter = AttemptAdapter()
        if ca_bundle:
            _ = self._tls_context  # so that a bad file is known before anything is sent

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        """Send the request's exact bytes and return what came of it; never raises for the receiver's doing.

        Args:
            request: Exactly the headers and the body that go out; nothing is added, dropped or reordered.
            timeout_s: The total deadline in real seconds: name, connection, TLS, request and answer
                together. An answer is in time when its body has ended, too.

        Raises:
            ForbiddenTargetError: All addresses of the host are forbidden; nothing was sent.
            InvalidSettingError: The URL cannot be used, or a header holds what no header can.
        """
        target = parse_target(request.url)
        _check_headers(request.headers)
        self._addresses.settle_localhost(target)
        stopwatch = Stopwatch(timeout_s)
        arrival = _Arrival(stopwatch)
        try:
            self._exchange(request, target, arrival)
        except TRANSPORT_ERRORS as error:
            outcome = outcome_of_error(error, host=target.host, stopwatch=stopwatch, status=arrival.status)
        else:
            outcome = of_status(arrival.status or 0)
        return Exchange(outcome=outcome, answer=arrival.answer(), timing=stopwatch.timing())

    def _exchange(self, request: SignedRequest, target: Target, arrival: _Arrival) -> None:
        connection = AttemptConnection(
            target,
            self._addresses.addresses(target, arrival.stopwatch),
            stopwatch=arrival.stopwatch,
            tls_context=self._tls_context if target.scheme == "https" else None,
        )
        with (
            closing(connection),
            closing(self._adapter.send(AttemptRequest(request, connection))) as response,
        ):
            arrival.read(response)

    @cached_property
    def _tls_context(self) -> ssl.SSLContext:
        """Made when first needed: reading the public authorities takes longer than a request."""
        return tls_context(ca_bundle=self._ca_bundle, insecure=self._insecure)


class _Arrival:
    """What has arrived of an answer; stays what it is when reading on fails."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self.stopwatch = stopwatch
        self.status: int | None = None
        self._headers: HeaderPairs = ()
        self._body = bytearray()
        self._is_cut = False

    def read(self, response: requests.Response) -> None:
        """Take the head, then read the body to its end, undecoded."""
        self.status = response.status_code
        self._headers = header_pairs(response)
        while piece := response.raw.read1(_PIECE_BYTES, decode_content=False):
            room = KEPT_BODY_BYTES - len(self._body)
            self._body += piece[:room]
            self._is_cut = self._is_cut or len(piece) > room
            self.stopwatch.check()

    def answer(self) -> Answer | None:
        """Return the answer as far as it came, or None if its head did not come whole."""
        if self.status is None:
            return None
        return Answer(status=self.status, headers=self._headers, body=bytes(self._body), is_cut=self._is_cut)


def _check_headers(headers: HeaderPairs) -> None:
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name):
            raise InvalidSettingError(
                f"{name!r} is no name of a header; it takes letters, digits and hyphens"
            )
        if _UNSENDABLE.search(value):
            raise InvalidSettingError(
                f"the value of the header {name} holds a line break or a character beyond Latin-1, "
                "which a header cannot carry; remove it"
            )
