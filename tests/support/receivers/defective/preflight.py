"""Receivers that cannot be judged at all."""

from __future__ import annotations

from emitter.core.secrets import SecretToken
from emitter.core.signing import sign
from tests.support.receivers.reference import Answer, Defect, always


def _with_another_secret(asked, right):
    other = sign(SecretToken("another-secret-token-0"), timestamp_s=asked.timestamp, body=asked.body)
    return right(asked.signed_if(asked.signature == other))


def _throttling():
    seen = []

    def respond(asked, right):
        seen.append(asked)
        if len(seen) == 5:
            return Answer(429, headers=(("retry-after", "0"),))
        return right(asked)

    return respond


DEFECTS = (
    Defect(
        name="redirects",
        codes="P01",
        seen="docs/zoom.md#failures: behind a redirect",
        respond=always(Answer(302, headers=(("location", "https://example.com/log-in"),))),
    ),
    Defect(
        name="is-elsewhere",
        codes="P02",
        seen="Express without the route",
        respond=always(Answer(404, "Cannot POST /")),
    ),
    Defect(
        name="csrf-filter",
        codes="P03",
        seen="docs/zoom.md#failures: behind a CSRF check",
        respond=always(Answer(403, "Forbidden: CSRF verification failed. Request aborted.")),
    ),
    Defect(
        name="another-secret",
        codes="P04",
        seen="docs/zoom.md#subscriptions: a new secret replaces the old at once",
        respond=_with_another_secret,
    ),
    Defect(
        name="never-answers",
        codes="P05",
        seen="docs/zoom.md#failures: handler longer than 3 s",
        respond=always(Answer(delay_s=1.0)),
        timeout_s=0.2,
    ),
    Defect(
        name="fails-on-everything",
        codes="P06",
        seen="docs/zoom.md#failures: raw body consumed by middleware",
        respond=always(Answer(500, "Internal Server Error")),
    ),
    Defect(
        name="throttles",
        codes="P07",
        seen="docs/zoom.md#retries: 429 is never retried",
        remembers=_throttling,
    ),
)
