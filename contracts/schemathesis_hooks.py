"""For people who run schemathesis themselves: Zoom's signature, Zoom's bytes, and the document made usable.

``SCHEMATHESIS_HOOKS=contracts.schemathesis_hooks schemathesis run DOCUMENT --url RECEIVER``; the document is
one of Zoom's, the receiver the whole URL of the webhook (docs/schemathesis.md). The secret token comes from
the environment as for ``zoom-emitter``. Hooks are global in schemathesis: documents without webhooks,
and the requests that follow from them, are left as they are.
"""

from __future__ import annotations

import json
import os
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure, FailureGroup, Severity

from contracts.bodies import Workshop
from contracts.generation.document import MARK, document_of, plausible
from contracts.generation.encoding import body_of
from contracts.generation.samples import samples_of
from contracts.generation.sources import register_text
from emitter.catalog.document import bundled_overlay
from emitter.catalog.events import Catalog
from emitter.core.signing import sign
from emitter.core.zoom import DEADLINE_S, SIGNATURE_HEADER, TIMESTAMP_HEADER, USER_AGENT
from emitter.delivery.clock import SystemClock
from emitter.delivery.secret_sources import find_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEED: Final = "zoom"
_EXAMPLES: Final = 3
_UNFITTING: Final = (
    "allow_header_conformance",
    "content_type_conformance",
    "ensure_resource_availability",
    "ignored_auth",
    "missing_required_header",
    "negative_data_rejection",
    "response_headers_conformance",
    "response_schema_conformance",
    "status_code_conformance",
    "unsupported_method",
    "use_after_free",
)
"""Checks that a right receiver of webhooks fails: what it answers does not matter, nor what it tolerates."""
_CLOCK: Final = SystemClock()


@schemathesis.hook
def before_load_schema(ctx: Any, raw_schema: dict[str, Any]) -> None:
    """Turn a document's webhooks into paths with plausible schemas and examples, in place."""
    del ctx
    if not raw_schema.get("webhooks") or raw_schema.get("paths"):
        return
    register_text()
    document = json.loads(json.dumps(raw_schema))  # breaks what anchors of YAML share
    catalog = _catalog_of(document)
    workshop = Workshop(catalog, seed=_SEED, rng=Random(_SEED))  # noqa: S311 - no secrets
    samples = {event.name: samples_of(workshop, event.name, now_ms=_CLOCK.now_ms()) for event in catalog}
    schemas = {
        event.name: plausible(event.name, event.schema, samples[event.name], is_free=True)
        for event in catalog
    }
    made = document_of(schemas, title=str(document.get("info", {}).get("title", "Zoom webhooks")))
    for name, envelopes in samples.items():
        content = made["paths"][f"/{name}"]["post"]["requestBody"]["content"]["application/json"]
        content["examples"] = {
            f"example {number}": {"value": each} for number, each in enumerate(envelopes[:_EXAMPLES], 1)
        }
    raw_schema.clear()
    raw_schema.update(made)


def _catalog_of(document: dict[str, Any]) -> Catalog:
    """Return the document's events; those of the bundled one with what its page says in words only."""
    is_bundled = document["webhooks"].keys() == dict.fromkeys(Catalog.bundled().names()).keys()
    return Catalog.from_document(document, bundled_overlay() if is_bundled else None)


@schemathesis.hook
def after_load_schema(ctx: Any, schema: Any) -> None:
    """Keep the receiver's path apart from its origin, and leave out the checks that do not fit."""
    del ctx
    if not schema.raw_schema.get(MARK):
        return
    parts = urlsplit(schema.config.base_url or "")
    schema.raw_schema[MARK] = {"path": parts.path or "/", "query": parts.query}
    if schema.config.base_url:
        schema.config.base_url = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    checks = schema.config.checks
    for name in _UNFITTING:
        getattr(checks, name).enabled = False
    checks.positive_data_acceptance.expected_statuses = ["2xx"]
    checks.max_response_time.limit = DEADLINE_S
    checks.max_response_time.enabled = True


@schemathesis.serializer("application/json")
def as_zoom_writes(ctx: Any, value: Any) -> bytes:
    """Return a body's bytes: Zoom's for ours, what schemathesis would send for others."""
    if _is_ours(ctx.case):
        return body_of(value)
    return value if isinstance(value, bytes) else json.dumps(value, allow_nan=False).encode()


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Send to the receiver's path, signed for this second."""
    del ctx
    if not _is_ours(case):
        return
    place = case.operation.schema.raw_schema[MARK]
    case.path = place["path"]
    case.query = dict(parse_qsl(place["query"], keep_blank_values=True)) or case.query
    kwargs.setdefault("timeout", 2 * DEADLINE_S)
    case.headers["user-agent"] = USER_AGENT
    if SIGNATURE_HEADER not in case.headers:
        case.headers.update(_signed(_bytes_of(case)))


def _is_ours(case: Any) -> bool:
    return bool(case.operation.schema.raw_schema.get(MARK))


def _bytes_of(case: Any) -> bytes:
    return b"" if case.body is NOT_SET else body_of(case.body)


def _signed(body: bytes, *, age_s: int = 0) -> dict[str, str]:
    secret_token, _ = find_secret(file=None, env_file=None, environ=os.environ)
    timestamp = str(_CLOCK.now_ms() // 1000 - age_s)
    return {
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: sign(secret_token, timestamp_s=timestamp, body=body),
    }


class Forged(Failure):
    """A request that Zoom did not sign was acknowledged."""

    code = "ZOOM-S"
    kind_title = "A request that Zoom did not sign was acknowledged"
    checks = ("signature_enforced",)
    __slots__ = ("forgery",)

    def __init__(self, *, operation: str, forgery: str, status: int, case_id: str) -> None:
        super().__init__(
            operation=operation,
            message=f"{forgery}: answered {status}, expected a 4xx",
            title=f"Acknowledged: {forgery}",
            case_id=case_id,
            severity=Severity.CRITICAL,
        )
        self.forgery = forgery

    @property
    def _unique_key(self) -> str:
        return self.forgery


def _forgeries(body: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    right = _signed(body)
    wrong = f"{right[SIGNATURE_HEADER][:-1]}{'1' if right[SIGNATURE_HEADER][-1] == '0' else '0'}"
    yield "the last digit of the signature wrong", right | {SIGNATURE_HEADER: wrong}
    yield "an empty signature", right | {SIGNATURE_HEADER: ""}
    yield "the signature of another body", right | {SIGNATURE_HEADER: _signed(body + b" ")[SIGNATURE_HEADER]}
    yield "a timestamp changed after signing", right | {TIMESTAMP_HEADER: str(_CLOCK.now_ms() // 1000 - 1)}


@schemathesis.check
class signature_enforced:  # noqa: N801 - the name of the check on the command line
    """Every event is also sent forged, once: it must be refused."""

    def __init__(self) -> None:
        self._tried: set[str] = set()

    def after_response(self, ctx: Any, response: Any, case: Any) -> bool | None:
        """Forge what was just acknowledged.

        Raises:
            FailureGroup: A forgery was acknowledged.
        """
        label = case.operation.label
        # Hypothesis repeats what it finds, and what is done once only looks flaky to it.
        is_repeated = ctx.phase is None or ctx.phase.value not in {"examples", "coverage"}
        is_ok = response.status_code // 100 == 2  # noqa: PLR2004 - the class of the status
        if not _is_ours(case) or is_repeated or not is_ok or case.body is NOT_SET or label in self._tried:
            return True
        self._tried.add(label)
        failures = [failure for failure in self._forged(ctx, case) if failure]
        if failures:
            raise FailureGroup(failures)
        return None

    def _forged(self, ctx: Any, case: Any) -> Iterator[Failure | None]:
        for forgery, headers in _forgeries(_bytes_of(case)):
            changed = case.headers.copy()
            changed.update(headers)
            probe = case.derive(headers=changed)
            ctx.internals.record_case(parent_id=case.id, case=probe)
            answer = probe.call()
            ctx.internals.record_response(case_id=probe.id, response=answer)
            if answer.status_code // 100 != 4:  # noqa: PLR2004 - the class of the status
                yield Forged(
                    operation=case.operation.label,
                    forgery=forgery,
                    status=answer.status_code,
                    case_id=probe.id,
                )
