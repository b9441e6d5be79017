"""How to see a finding again: a command that sends the same with a fresh signature."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from contracts.findings import Reproduction
from emitter.core.faults import FAULTS
from emitter.core.request import masked

if TYPE_CHECKING:
    from contracts.cases import Miss, Sent
    from contracts.receiver import Receiver

_PRINTED: Final = frozenset(map(chr, range(0x20, 0x7F))) - {"\\"}
MOST_BYTES: Final = 8_192
"""Longer bodies are not written into a command; no shell takes them everywhere."""


def reproduction_of(miss: Miss, receiver: Receiver) -> Reproduction | None:
    """Return how to see a miss again, or None where no command shows it."""
    if miss.emits:
        return Reproduction(command=shlex.join(["zoom-emitter", "emit", *miss.emits, *_to(receiver)]))
    return _of_request(miss.sent, receiver) if miss.sent else None


def _of_request(sent: Sent, receiver: Receiver) -> Reproduction | None:
    if sent.recipe.pieces is not None:
        return None
    names = [fault.name for fault in sent.recipe.faults]
    command = _emit(sent, receiver, names) if all(name in FAULTS for name in names) else _curl(sent, receiver)
    return Reproduction(command=command) if command else None


def _emit(sent: Sent, receiver: Receiver, faults: list[str]) -> str:
    """Return a `zoom-emitter emit` of the event by its seed, or else of the exact bytes."""
    to = _to(receiver)
    deviations = [word for name in faults for word in ("--fault", name)]
    if sent.seed:
        return shlex.join(["zoom-emitter", "emit", sent.event, "--seed", sent.seed, *deviations, *to])
    body = _quoted(sent.signed_body)
    if body is None:
        return ""
    return f"printf %b {body} | " + shlex.join(
        ["zoom-emitter", "emit", "--payload", "-", "--raw", *deviations, *to]
    )


def _to(receiver: Receiver) -> list[str]:
    return ["--no-validate", "--to", receiver.subscription.name or receiver.shown]


def _curl(sent: Sent, receiver: Receiver) -> str:
    """Return a curl of the request as it was, its credentials masked; stale after five minutes."""
    body = _quoted(sent.request.body)
    if body is None:
        return ""
    skipped = {"host", "content-length"}
    headers = [pair for pair in masked(sent.request.headers) if pair[0].lower() not in skipped]
    options = [word for name, value in headers for word in ("-H", f"{name}: {value}")]
    return f"printf %b {body} | " + shlex.join(
        ["curl", "-i", *options, "--data-binary", "@-", receiver.shown]
    )


def _quoted(body: bytes) -> str | None:
    """Return bytes as one word of a shell that ``printf %b`` turns back into them."""
    if len(body) > MOST_BYTES:
        return None
    return shlex.quote("".join(chr(byte) if _is_safe(byte) else f"\\0{byte:03o}" for byte in body))


def _is_safe(byte: int) -> bool:
    return chr(byte) in _PRINTED
