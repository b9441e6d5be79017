"""The traffic of a run as an HTTP Archive (HAR 1.2), one entry a request, with the case that sent it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from emitter.core.attempt_forms import outcome_text
from emitter.delivery.archive import ArchivedExchange, add_exchange, open_archive

if TYPE_CHECKING:
    from contracts.run_events import RunResult
    from contracts.sent import Sent


def render(result: RunResult) -> str:
    """Return the archive with a line end; credentials are masked, the URL is without its query."""
    stream = io.StringIO()
    with open_archive(stream) as archive:
        for sent in result.traffic:
            add_exchange(archive, _archived(sent))
    return stream.getvalue() + "\n"


def _archived(sent: Sent) -> ArchivedExchange:
    exchange = sent.exchange
    case = f"{sent.check} {sent.case}".strip()
    raw = ", sent as raw bytes" if sent.recipe.pieces else ""
    return ArchivedExchange(
        url=sent.request.url,
        method=_method(sent),
        headers=sent.request.headers,
        body=sent.request.body,
        outcome=exchange.outcome,
        answer=exchange.answer,
        timing=exchange.timing,
        started_at_ms=sent.started_at_ms,
        comment=f"{case}, {sent.event}{raw}: {outcome_text(exchange.outcome)}",
    )


def _method(sent: Sent) -> str:
    """Return the method; raw bytes have their own at their beginning."""
    pieces = sent.recipe.pieces(sent.request) if sent.recipe.pieces else ()
    first = next((piece for piece in pieces if isinstance(piece, bytes)), b"")
    word = first.partition(b" ")[0]
    return word.decode("latin-1") if word.isalpha() and word.isupper() else "POST"
