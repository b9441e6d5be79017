"""``emit --dry-run``: the exact requests on standard output; nothing is sent, nothing recorded."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from emitter.cli.attempt_lines import body_value
from emitter.core.deliveries import Delivery
from emitter.core.faults import FAULTS, pieces_with, postings_with
from emitter.core.pieces import wire_bytes
from emitter.core.request import masked
from emitter.core.targets import parse_target
from emitter.delivery.attempt_request import known_headers, signed_request
from emitter.faking.ids import new_identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

    from emitter.cli.target import ResolvedTarget
    from emitter.core.pieces import Piece
    from emitter.core.request import Identity, SignedRequest


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
    chosen = [FAULTS[name] for name in faults]
    pieces = pieces_with(chosen)
    identities: dict[int, Identity] = {}
    for event, body, number in postings_with(chosen, bodies):
        if number not in identities:
            identities[number] = new_identity(rng, client_id=subscription.client_id)
        delivery = Delivery(
            subscription_id=0,
            event=event,
            body=body,
            identity=identities[number],
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
        shown = replace(request, headers=masked(request.headers))
        content = _sent(pieces(shown) if pieces else (wire_bytes(shown),))
        if as_json:
            click.echo(json.dumps(_value(shown, content), ensure_ascii=False))
        else:
            _print_bytes(content)


def _sent(pieces: Iterable[Piece]) -> bytes:
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


def _value(request: SignedRequest, content: bytes) -> dict[str, object]:
    return {
        "method": content.partition(b" ")[0].decode(),
        "url": parse_target(request.url).shown,
        "headers": [list(pair) for pair in request.headers],
        **body_value(request.body),
    }


def _print_bytes(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content + b"\n")
    sys.stdout.buffer.flush()
