"""What tests of the transport send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitter.core.request import SignedRequest
from emitter.core.targets import TargetPolicy, parse_target
from emitter.delivery.http import HttpTransport

if TYPE_CHECKING:
    from pathlib import Path

    from emitter.delivery.resolving import Resolver
    from emitter.delivery.transport import Exchange


def request_to(url: str, *, body: bytes = b"{}") -> SignedRequest:
    """Return the least request a receiver can read."""
    host = parse_target(url).host_header
    return SignedRequest(url=url, headers=(("host", host), ("content-length", str(len(body)))), body=body)


def send(
    url: str,
    *,
    body: bytes = b"{}",
    timeout_s: float = 3.0,
    ca_bundle: Path | None = None,
    insecure: bool = False,
    resolve: Resolver | None = None,
    policy: TargetPolicy | None = None,
) -> Exchange:
    """Send it on a transport made for it."""
    policy = policy or TargetPolicy()
    if resolve:
        transport = HttpTransport(policy=policy, ca_bundle=ca_bundle, insecure=insecure, resolve=resolve)
    else:
        transport = HttpTransport(policy=policy, ca_bundle=ca_bundle, insecure=insecure)
    return transport.send(request_to(url, body=body), timeout_s=timeout_s)
