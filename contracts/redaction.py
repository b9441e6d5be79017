"""Takes out of a text what no report may hold, for a receiver may put anything into an answer.

Secrets are the secret token, what authenticates, the URL's query, and the right signature of any request:
whoever has that can send the request for five minutes. They are found as they are and in the spellings that
an answer gives them: in base64, percent-encoded, escaped for HTML or JSON.
"""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from emitter.core.request import masked
from emitter.core.secrets import MASK, Secret
from emitter.core.signing import sign
from emitter.core.targets import parse_target
from emitter.core.zoom import TIMESTAMP_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.findings import Finding, Reproduction
    from contracts.sent import CaseResult, Sent
    from emitter.core.request import HeaderPairs, SignedRequest
    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription
    from emitter.delivery.transport import Exchange

_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}|[0-9A-Za-z+/_-]{43}=?", re.ASCII)
"""What a SHA-256 may look like: in hexadecimal, or in base64."""
_LEAST_CHARS: Final = 4
"""A shorter secret keeps nobody out, and taking it out would take much else with it."""
_LEAST_QUERY_CHARS: Final = 8
"""A shorter value of a query is a word such as ``zoom``, and no token."""


class Redaction:
    """Knows the secrets of one receiver and the right signatures of some requests.

    Args:
        secret_token: The key of the signatures.
        subscription: Its URL and authentication.
        sent: The requests whose right signatures are secret.
    """

    def __init__(
        self, secret_token: SecretToken, subscription: Subscription, sent: Iterable[Sent] = ()
    ) -> None:
        sent = [*sent]
        secrets = {secret_token.reveal(), *_of_subscription(subscription)}
        secrets |= {text for each in sent for text in _credentials(each.request.headers)}
        spelled = {text for secret in secrets for text in _spellings(secret) if len(text) >= _LEAST_CHARS}
        longest_first = sorted(spelled, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first)))
        self._digests = {form for each in sent for form in _right_digests(secret_token, each.request)}

    def text(self, text: str) -> str:
        """Return the text with asterisks in place of what is secret."""
        text = self._secrets.sub(MASK, text)
        return _DIGEST.sub(self._masked_digest, text) if self._digests else text

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange with a clean answer."""
        answer = exchange.answer
        if answer is None:
            return exchange
        headers = tuple((name, self.text(value)) for name, value in answer.headers)
        body = self.text(answer.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        return replace(exchange, answer=replace(answer, headers=headers, body=body))

    def finding(self, finding: Finding) -> Finding:
        """Return a finding with clean texts."""
        return replace(
            finding,
            message=self.text(finding.message),
            expected=self.text(finding.expected),
            received=self.text(finding.received),
            mend=self.text(finding.mend),
            reproduce=finding.reproduce and self._reproduction(finding.reproduce),
        )

    def sent(self, sent: Sent) -> Sent:
        """Return a request and its answer without credentials; the URL without its query."""
        request = replace(
            sent.request, url=parse_target(sent.request.url).shown, headers=masked(sent.request.headers)
        )
        return replace(sent, request=request, exchange=self.exchange(sent.exchange))

    def case(self, case: CaseResult) -> CaseResult:
        """Return how a case ended, what it missed clean."""
        misses = (
            replace(
                miss,
                received=self.text(miss.received),
                message=self.text(miss.message),
                sent=miss.sent and self.sent(miss.sent),
            )
            for miss in case.misses
        )
        return replace(case, misses=tuple(misses)) if case.misses else case

    def _reproduction(self, reproduction: Reproduction) -> Reproduction:
        return replace(
            reproduction, command=self.text(reproduction.command), snippet=self.text(reproduction.snippet)
        )

    def _masked_digest(self, found: re.Match[str]) -> str:
        return MASK if _plain_digest(found[0]) in self._digests else found[0]


def _of_subscription(subscription: Subscription) -> set[str]:
    """Return what authenticates and what the query holds."""
    auth = subscription.auth
    fields = (getattr(auth, name) for name in auth.__dataclass_fields__)
    query = urlsplit(subscription.url).query
    return {
        *(field.reveal() for field in fields if isinstance(field, Secret)),
        *_credentials(auth.headers()),
        *(value for _, value in parse_qsl(query) if len(value) >= _LEAST_QUERY_CHARS),
        *filter(None, [query]),
    }


def _credentials(headers: HeaderPairs) -> set[str]:
    """Return the values that are masked wherever they are shown, with and without ``Bearer`` or ``Basic``."""
    values = {
        value
        for (_, value), (_, shown) in zip(headers, masked(headers), strict=True)
        if value and shown != value
    }
    return values | {value.rpartition(" ")[2] for value in values}


def _spellings(secret: str) -> set[str]:
    in_json = json.dumps(secret)[1:-1]
    encoded = base64.b64encode(secret.encode("utf-8", "surrogateescape")).decode()
    return {
        secret, encoded, encoded.rstrip("="), quote(secret, safe=""), quote_plus(secret), html.escape(secret),
        in_json, in_json.replace("/", r"\/"),
    }  # fmt: skip


def _right_digests(secret_token: SecretToken, request: SignedRequest) -> tuple[str, str]:
    """Return the digest that would open a receiver to this request, as `_plain_digest` gives it.

    A digest that was sent with the request is one the receiver saw; it is taken out of answers all the same.
    """
    timestamp = request.header(TIMESTAMP_HEADER) or ""
    digest = sign(secret_token, timestamp_s=timestamp, body=request.body).partition("=")[2]
    in_base64 = base64.b64encode(bytes.fromhex(digest)).decode()
    return digest, _plain_digest(in_base64)


def _plain_digest(text: str) -> str:
    """Return a digest in one form, whatever case or alphabet it was written in."""
    if len(text) == len("0" * 64):
        return text.lower()
    return text.rstrip("=").replace("-", "+").replace("_", "/")
