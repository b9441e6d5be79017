"""How to see a finding again, now: a command that signs anew, and a test that fails until it is mended."""

from __future__ import annotations

import gzip
import re
import shlex
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contracts.bodies import ChallengeBody, EventBody
from contracts.cases import Case
from contracts.findings import EVERY_EVENT, Reproduction
from contracts.scope import Depth
from emitter.core.faults import FAULTS
from emitter.core.zoom import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.cases import AnyCase
    from contracts.check import Check
    from contracts.findings import Finding
    from contracts.receiver import Receiver
    from contracts.scope import Scope
    from contracts.sent import Sent

MOST_BYTES: Final = 8_192
"""Longer words are not written into a command; no shell takes them everywhere."""
URL_VARIABLE: Final = "RECEIVER_URL"
"""Holds the URL where it has a query, which no report shows."""
_PRINTED: Final = frozenset(map(chr, range(0x20, 0x7F))) - {"\\"}
_USUAL_SEED: Final = "zoom"
_SNIPPET: Final = """\
import json
{imports}import subprocess


def test_{name}():
    # {received}
    command = {command}
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode in {{0, 1}}, ran.stderr
    report = json.loads(ran.stdout)
    found = {{finding["fingerprint"]: finding for finding in report["findings"]}}
    assert "{fingerprint}" not in found, found["{fingerprint}"]["message"]
    assert not report["summary"]["stopped"] and not report["summary"]["left_out"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What `zoom-emitter check` is told to judge the receiver once more as in this run.

    Attributes:
        receiver: What is judged.
        seed: What values follow from.
        events: The events the run was restricted to; empty where it was about all.
        options: Whatever else decides what is found.
        loading: The options that load the document of the events, where it is not the bundled one.
    """

    receiver: Receiver
    seed: str = _USUAL_SEED
    events: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    loading: tuple[str, ...] = ()

    @classmethod
    def of(cls, scope: Scope) -> Rerun:
        """Return how the run of a scope is asked for again."""
        wanted = tuple(event.name for event in scope.catalog if scope.receiver.subscription.wants(event.name))
        chosen = tuple(event.name for event in scope.events)
        return cls(
            receiver=scope.receiver,
            seed=scope.seed,
            events=chosen if chosen != wanted else (),
            options=(*(("--strict-response",) if scope.is_response_strict else ()), *scope.observing),
            loading=scope.loading,
        )

    def words(self, codes: Sequence[str], *, event: str, depth: Depth) -> list[str]:
        """Return the command line that looks for findings of some checks again."""
        receiver = self.receiver
        events = self.events if event == EVERY_EVENT else (event,)
        return [
            "zoom-emitter", "check", *(receiver.address or (_target(receiver),)),
            *_target_options(receiver),
            *(("--acks-before-verifying",) if receiver.acks_before_verifying else ()),
            *(("--select", ",".join(codes)) if codes else ()),
            *(("--events", ",".join(events)) if events else ()),
            *(("--depth", Depth.DEEP) if depth is Depth.DEEP else ()),
            *(("--seed", self.seed) if self.seed != _USUAL_SEED or depth is Depth.DEEP else ()),
            *self.options,
            *self.loading,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What showed a finding first.

    Attributes:
        check: The check that found it.
        case: Its case; None where the check only looks at what was sent.
        sent: The request; None where no single one shows it.
        emits: What ``zoom-emitter emit`` takes to show it, where that is more than one request.
        is_shown_by_one: Whether the request shows it by itself although its case sends several.
    """

    check: Check
    case: AnyCase | None
    sent: Sent | None
    emits: tuple[str, ...] = ()
    is_shown_by_one: bool = False


def reproduction_of(finding: Finding, showing: Showing, rerun: Rerun) -> Reproduction:
    """Return how to see a finding again: the plainest command that shows it, and a test."""
    depth = showing.case.depth if showing.case else Depth.DEFAULT
    again = rerun.words(_codes(showing), event=finding.event, depth=depth)
    return Reproduction(
        command=_sending(showing, rerun) or _in_shell(again),
        snippet=_snippet(finding, [*again, "--json"]),
    )


def _codes(showing: Showing) -> list[str]:
    """Return the checks to select; none is all, for what only the whole run shows."""
    check, sent = showing.check, showing.sent
    if showing.case or check.ends_run:
        return [check.code]
    if sent is None:
        return []
    return [sent.check, check.code] if sent.check else [check.code]


def _sending(showing: Showing, rerun: Rerun) -> str:
    """Return a command that sends the one request, or nothing where that does not show the finding."""
    sent, case, receiver = showing.sent, showing.case, rerun.receiver
    if showing.emits and not receiver.address:
        return _in_shell(["zoom-emitter", "emit", *showing.emits, *_to(rerun)])
    is_told_by_one = (
        isinstance(case, Case) or showing.is_shown_by_one or (case is None and showing.check.ends_run)
    )
    if sent is None or not is_told_by_one or receiver.address or sent.recipe.pieces is not None:
        return ""
    names = [fault.name for fault in sent.recipe.faults]
    if isinstance(sent.recipe.body, ChallengeBody) and not names:
        is_usual = sent.recipe.body.plain_token is None
        words = ["zoom-emitter", "validate-url", _target(receiver), *_target_options(receiver)]
        return _in_shell(words) if is_usual else ""
    return _emit(sent, rerun, names) if all(name in FAULTS for name in names) else ""


def _emit(sent: Sent, rerun: Rerun, faults: list[str]) -> str:
    """Return a `zoom-emitter emit` of the event by its seed, or else of the exact bytes."""
    to = _to(rerun)
    deviations = [word for name in faults for word in ("--fault", name)]
    if sent.seed:
        made = sent.recipe.body  # a fault may have it state another name
        name = made.event if isinstance(made, EventBody) else sent.event
        return _in_shell(["zoom-emitter", "emit", name, "--seed", sent.seed, *deviations, *to])
    body = _written(sent.signed_body)
    emit = ["zoom-emitter", "emit", "--payload", "-", "--raw", *deviations, *to]
    return f"{body} | {_in_shell(emit)}" if body else ""


def _to(rerun: Rerun) -> list[str]:
    receiver = rerun.receiver
    return ["--no-validate", *rerun.loading, "--to", _target(receiver), *_target_options(receiver)]


def _target(receiver: Receiver) -> str:
    """Return what names the receiver on a command line: its name, its URL, or the variable that holds it."""
    if receiver.subscription.name:
        return receiver.subscription.name
    return f"${URL_VARIABLE}" if "?" in receiver.url else receiver.shown


def _target_options(receiver: Receiver) -> list[str]:
    """Return the target options that hold no secret; a receiver of the settings has its own."""
    subscription = receiver.subscription
    if subscription.name:
        return []
    options = [word for host in subscription.allowed_hosts for word in ("--allow-host", host)]
    if subscription.ca_bundle:
        options += ["--ca-bundle", subscription.ca_bundle]
    if not subscription.verifies_tls:
        options += ["--insecure"]
    if subscription.timeout_s != DEADLINE_S:
        options += ["--timeout", f"{subscription.timeout_s * 1000:.0f}ms"]
    return options


def _in_shell(words: Sequence[str]) -> str:
    return " ".join(f'"{word}"' if word == f"${URL_VARIABLE}" else shlex.quote(word) for word in words)


def _snippet(finding: Finding, words: Sequence[str]) -> str:
    has_variable = f"${URL_VARIABLE}" in words
    listed = [
        f'os.environ["{URL_VARIABLE}"]' if word == f"${URL_VARIABLE}" else _literal(word) for word in words
    ]
    return _SNIPPET.format(
        imports="import os\n" if has_variable else "",
        name=re.sub(r"[^a-z0-9]+", "_", f"{finding.code} {finding.title}".lower()).strip("_"),
        received=_literal(f"expected {finding.expected}; received {finding.received}")[1:-1],
        command=f"[{', '.join(listed)}]",
        fingerprint=finding.fingerprint,
    )


def _literal(text: str) -> str:
    """Return a text as Python writes it, on one line, whatever it holds."""
    return '"' + ascii(text)[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def _written(body: bytes) -> str:
    """Return a command that writes the bytes, packed where they are many; nothing where they are too many."""
    if len(body) <= MOST_BYTES:
        text = "".join(chr(byte) if chr(byte) in _PRINTED else f"\\0{byte:03o}" for byte in body)
        return f"printf %b {shlex.quote(text)}"
    packed = b64encode(gzip.compress(body, mtime=0)).decode("ascii")
    return f"printf %s {packed} | base64 -d | gunzip" if len(packed) <= MOST_BYTES else ""
