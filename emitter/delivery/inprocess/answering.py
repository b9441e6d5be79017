"""What an app's answer is, and what becomes of one that raised, hung or ended too early."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emitter.core.deliveries import Answer
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind, of_status
from emitter.core.targets import parse_target
from emitter.delivery.transport import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.core.request import HeaderPairs, SignedRequest
    from emitter.delivery.stopwatch import Stopwatch

KEPT_BODY_BYTES: Final = 64 * 1024
_CRASHED: Final = Answer(status=500, headers=(("content-type", "text/plain"),), body=b"Internal Server Error")


@dataclass(slots=True)
class Reply:
    """What came of one call, as far as it came.

    Attributes:
        status: None as long as the app has not said it.
        headers: Likewise.
        body: Bytes so far.
        error: What the app raised.
        is_whole: Whether the answer has ended.
    """

    status: int | None = None
    headers: HeaderPairs = ()
    body: bytearray = field(default_factory=bytearray)
    error: BaseException | None = None
    is_whole: bool = False

    def exchange(self, stopwatch: Stopwatch) -> Exchange:
        """Return the exchange that a client of a server with this app would have seen."""
        timing = stopwatch.timing()
        if self.is_whole and self.status is not None:
            body = bytes(self.body[:KEPT_BODY_BYTES])
            answer = Answer(
                status=self.status,
                headers=self.headers,
                body=body,
                is_cut=len(self.body) > KEPT_BODY_BYTES,
            )
            return Exchange(outcome=of_status(self.status), answer=answer, timing=timing)
        if self.status is None and self.error is not None:
            outcome = Outcome(OutcomeKind.FAILED, status=500, detail=f"unhandled {_named(self.error)}")
            return Exchange(outcome=outcome, answer=_CRASHED, timing=timing, error=self.error)
        detail = f"unhandled {_named(self.error)}" if self.error else "the app ended without an answer"
        outcome = Outcome(OutcomeKind.BROKEN, code=FailureCode.REMOTE_ERROR, detail=detail)
        return Exchange(outcome=outcome, answer=None, timing=timing, error=self.error)


def late(stopwatch: Stopwatch) -> Exchange:
    """Return the exchange of a call that has not ended in time."""
    outcome = Outcome(
        OutcomeKind.TIMED_OUT,
        code=FailureCode.READ_TIMEOUT,
        detail=f"no answer within {stopwatch.timeout_s:g} s",
    )
    return Exchange(outcome=outcome, answer=None, timing=stopwatch.timing())


def place_of(request: SignedRequest) -> tuple[str, int, str, str]:
    """Return host, port, path and query of a request, the path as it stands in the URL."""
    target = parse_target(request.url)
    path, _, query = target.path.partition("?")
    return target.host, target.port, path, query


class Aside:
    """Sends what apps print to stderr, so that a report on stdout stays whole. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._stdout: Any = None

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Print to stderr meanwhile."""
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._stdout, sys.stdout = sys.stdout, sys.stderr
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0:
                    sys.stdout = self._stdout


def _named(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__
