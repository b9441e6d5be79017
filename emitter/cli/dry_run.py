"""``emit --dry-run``: the exact requests on standard output; nothing is sent, nothing recorded."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from emitter.cli.attempt_lines import body_value
from emitter.core.deliveries import Delivery
from emitter.core.request import SignedRequest, masked
from emitter.core.targets import parse_target
from emitter.delivery.attempt_request import known_headers, signed_request
from emitter.faking.ids import new_identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from emitter.cli.target import ResolvedTarget


def print_requests(
    target: ResolvedTarget,
    bodies: Iterator[tuple[str, bytes]],
    faults: Sequence[str],
    *,
    now_ms: int,
    rng: Random,
    as_json: bool,
) -> None:
    """Print what would go out now: request line, headers with credentials masked, and the exact body."""
    subscription = target.subscription
    for event, body in bodies:
        delivery = Delivery(
            subscription_id=0,
            event=event,
            body=body,
            identity=new_identity(rng, client_id=subscription.client_id),
            faults=tuple(faults),
            created_at_ms=now_ms,
            due_at_ms=now_ms,
        )
        request = signed_request(
            delivery,
            subscription,
            target.secret_token,
            host=parse_target(subscription.url).host_header,
            timestamp_s=now_ms // 1000,
            auth_headers=known_headers(subscription),
        )
        if as_json:
            click.echo(json.dumps(_value(request), ensure_ascii=False))
        else:
            _print_bytes(request)


def _value(request: SignedRequest) -> dict[str, object]:
    headers = [list(pair) for pair in masked(request.headers)]
    return {
        "method": "POST",
        "url": parse_target(request.url).shown,
        "headers": headers,
        **body_value(request.body),
    }


def _print_bytes(request: SignedRequest) -> None:
    lines = [f"POST {parse_target(request.url).path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in masked(request.headers)]
    head = "\r\n".join(lines).encode("latin-1")
    sys.stdout.flush()
    sys.stdout.buffer.write(head + b"\r\n\r\n" + request.body + b"\n")
    sys.stdout.buffer.flush()
