"""How to see a finding again: a command that sends the same with a fresh signature."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from contracts.findings import Reproduction
from emitter.core.faults import FAULTS
from emitter.core.request import masked

if TYPE_CHECKING:
    from contracts.cases import Sent
    from contracts.receiver import Receiver

_PRINTED: Final = frozenset(map(chr, range(0x20, 0x7F))) - {"\\"}
MOST_BYTES: Final = 8_192
"""Longer bodies are not written into a command; no shell takes them everywhere."""


def reproduction_of(sent: Sent, receiver: Receiver) -> Reproduction | None:
    """Return how to send a request again, or None where no command does."""
    if sent.recipe.pieces is not None:
        return None
    names = [fault.name for fault in sent.recipe.faults]
    command = _emit(sent, receiver, names) if all(name in FAULTS for name in names) else _curl(sent, receiver)
    return Reproduction(command=command) if command else None


def _emit(sent: Sent, receiver: Receiver, faults: list[str]) -> str:
    """Return a `zoom-emitter emit` of the event by its seed, or else of the exact bytes."""
    to = ["--no-validate", "--to", receiver.subscription.name or receiver.shown]
    deviations = [word for name in faults for word in ("--fault", name)]
    if sent.seed:
        return shlex.join(["zoom-emitter", "emit", sent.event, "--seed", sent.seed, *deviations, *to])
    body = _quoted(sent.signed_body)
    if body is None:
        return ""
    return f"printf %b {body} | " + shlex.join(
        ["zoom-emitter", "emit", "--payload", "-", "--raw", *deviations, *to]
    )


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
