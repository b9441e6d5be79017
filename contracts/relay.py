"""A transport for receivers in another process: that process sends, and says what came of it."""

from __future__ import annotations

import base64
import json
import threading
from typing import IO, TYPE_CHECKING, Any

from emitter.core.deliveries import Answer, Timing
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.delivery.transport import Exchange

if TYPE_CHECKING:
    from emitter.core.request import SignedRequest


class RelayTransport:
    """Asks for calls in JSON lines, one at a time. Implements `emitter.delivery.transport.Transport`.

    Args:
        requests: Where the answers are read.
        answers: Where the calls are written.
    """

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers
        self._lock = threading.Lock()

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        """Return what came of the request there."""
        call = {
            "url": request.url,
            "headers": [[name, value] for name, value in request.headers],
            "body": base64.b64encode(request.body).decode(),
            "timeout_s": timeout_s,
        }
        with self._lock:
            self._answers.write(json.dumps({"call": call}) + "\n")
            self._answers.flush()
            line = self._requests.readline()
        if not line:
            raise SystemExit(0)  # whoever asked has gone
        return _exchange(json.loads(line))


def _exchange(value: dict[str, Any]) -> Exchange:
    kind, status, code, detail = value["outcome"]
    answer = value["answer"]
    return Exchange(
        outcome=Outcome(OutcomeKind(kind), status, None if code is None else FailureCode(code), detail),
        answer=answer
        and Answer(
            status=answer["status"],
            headers=tuple((name, text) for name, text in answer["headers"]),
            body=base64.b64decode(answer["body"]),
            is_cut=answer["is_cut"],
        ),
        timing=Timing(**value["timing"]),
    )
